"""What a postgres' task does before it is the server, as a shell reads it.

Its words: the folder with the programs, the folder around all data, the name of its own folder in
there, the superuser; then the server's settings. A password among the words could be read by
everybody on the node, so it comes by the environment, and the server gets none of it.
"""

from __future__ import annotations

CONTAINER = """\
if [ "$MUSTER_DATA" = kept ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
  echo "The data of this postgres are gone from $PGDATA: nothing is begun anew in their place." >&2
  exit 1
fi
exec docker-entrypoint.sh postgres "$@"
"""
"""The same for an image, whose own start makes the data where there are none."""

SCRIPT = """\
set -eu
programs="$1" folder="$2" own="$2/$3" admin="$4"
shift 4

# Postgres does not run as root.
as=
if [ "$(id -u)" = 0 ]; then
  as="setpriv --reuid=$(id -u nobody) --regid=$(id -g nobody) --clear-groups --"
fi

mkdir -p "$folder"
umask 077
mkdir -p "$own"
if [ -n "$as" ]; then chown "$(id -u nobody):$(id -g nobody)" "$own"; fi
cd "$own"
own="$(pwd -P)"

if [ "$MUSTER_DATA" = kept ] && [ ! -e data ]; then
  echo "The data of this postgres are gone from $own: nothing is begun anew in their place." >&2
  exit 1
fi

# Data appear whole under their name: a start that was killed leaves no half of them.
if [ ! -e data ]; then
  rm -rf new password
  $as sh -c 'umask 077; cat > password' <<END
$POSTGRES_PASSWORD
END
  $as "$programs/initdb" -D "$own/new" -U "$admin" -E UTF8 --locale=C.UTF-8 \\
    --auth=scram-sha-256 --pwfile="$own/password"
  rm -f password
  mv new data
fi
unset POSTGRES_PASSWORD MUSTER_DATA

# Postgres takes any living process that has its predecessor's number for its predecessor.
if [ -e data/postmaster.pid ] && [ -d /proc/self ]; then
  pid="$(head -n 1 data/postmaster.pid)"
  if [ "$(readlink "/proc/$pid/cwd")" != "$own/data" ]; then rm -f data/postmaster.pid; fi
fi

printf 'host all all all scram-sha-256\\n' > access
if [ -n "$as" ]; then chown "$(id -u nobody)" access; fi

exec $as "$programs/postgres" -D "$own/data" -c hba_file="$own/access" \\
  -c listen_addresses="$NOMAD_IP_postgres" -c port="$NOMAD_PORT_postgres" \\
  -c unix_socket_directories= "$@"
"""
