"""Settings that gunicorn reads by itself; it listens on $PORT by itself, too."""

from __future__ import annotations

from serve import THREADS

worker_class = "gthread"
threads = THREADS
# Requests that are being worked on when the platform says stop have this long to end, in seconds.
graceful_timeout = 20
control_socket_disable = True
accesslog = "-"
access_log_format = "%(m)s %(U)s %(s)s %(M)s ms"
