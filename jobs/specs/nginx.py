"""The configuration of nginx that serves a static service's folder, where an image does that.

What people typed stands in it as nginx's quoted text, its variables taken away; paths are
compared as they were asked for, of rules that fit the first one counts.
"""

from __future__ import annotations

import re

from jobs.document import ServiceDoc

_HEAD = """\
pid /alloc/tmp/nginx.pid;
error_log /dev/stderr;
events {}
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log /dev/stdout;
  server_tokens off;
  absolute_redirect off;
  sendfile on;
  gzip_static on;
  client_body_temp_path /alloc/tmp/body;
  proxy_temp_path /alloc/tmp/proxy;
  fastcgi_temp_path /alloc/tmp/fastcgi;
  uwsgi_temp_path /alloc/tmp/uwsgi;
  scgi_temp_path /alloc/tmp/scgi;
  geo $dollar {
    default "$";
  }
  map $request_uri $asked {
    "~^(?<before>[^?]*)" $before;
  }
"""


def nginx_conf(service: ServiceDoc, *, root: str, health: str, immutable: str) -> str:
    """The file, for a container whose port is the service's and whose files are in `root`."""
    lines = [_HEAD, _cached(immutable)]
    names = _names(service)
    lines += [_header_map(service, name, number) for number, name in enumerate(names)]
    lines.append(
        f"  server {{\n    listen {service.port};\n    root {root};\n    index index.html;\n"
    )
    if not any(name.lower() == "cache-control" for name in names):
        lines.append("    add_header Cache-Control $cached always;\n")
    lines += [
        f"    add_header {name} $header_{number} always;\n" for number, name in enumerate(names)
    ]
    lines += [_redirect(one.path, one.to, one.status) for one in service.redirects]
    lines.append(_places(service, health))
    return "".join(lines) + "  }\n}\n"


def _cached(immutable: str) -> str:
    return (
        "  map $asked $cached {\n"
        '    default "no-cache";\n'
        f'    {_quoted("~" + immutable, keep=True)} "max-age=315360000, public, immutable";\n'
        "  }\n"
    )


def _names(service: ServiceDoc) -> list[str]:
    found: dict[str, str] = {}
    for one in service.headers:
        found.setdefault(one.name.lower(), one.name)
    return list(found.values())


def _header_map(service: ServiceDoc, name: str, number: int) -> str:
    otherwise = "$cached" if name.lower() == "cache-control" else '""'
    lines = [f"  map $asked $header_{number} {{\n    default {otherwise};\n"]
    mine = [one for one in service.headers if one.name.lower() == name.lower()]
    lines += [f"    {_pattern(one.path)} {_quoted(one.value)};\n" for one in mine]
    return "".join(lines) + "  }\n"


def _redirect(path: str, to: str, status: int) -> str:
    where = _pattern(path).replace('"~', '"', 1)
    return f"    if ($asked ~ {where}) {{\n      return {status} {_quoted(to)};\n    }}\n"


def _places(service: ServiceDoc, health: str) -> str:
    last = service.fallback or "=404"
    own_page = "" if service.fallback else "    error_page 404 /404.html;\n"
    return (
        f"{own_page}    if (-f $document_root$uri/index.html) {{\n"
        "      rewrite ^(.*[^/])$ $1/ permanent;\n    }\n"
        f'    location = {health} {{\n      return 200 "ok\\n";\n    }}\n'
        "    location ~ /\\.(?!well-known/) {\n      return 404;\n    }\n"
        f"    location / {{\n      try_files $uri $uri/index.html {_quoted(last)};\n    }}\n"
    )


def _pattern(path: str) -> str:
    """nginx's pattern of a path, quoted: `*` at its end fits whatever begins so."""
    exact = "" if path.endswith("*") else "$"
    return _quoted(f"~^{re.escape(path.removesuffix('*'))}", keep=True, end=exact)


def _quoted(text: str, *, keep: bool = False, end: str = "") -> str:
    """The text in quotes; a dollar sign is the text's own, unless `keep` (of a pattern) says so."""
    found = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{found if keep else found.replace("$", "${dollar}")}{end}"'
