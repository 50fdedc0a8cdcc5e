"""A service of files alone: a web server of the operator's choice serves the archive's folder."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from jobs.document import ServiceDoc
from jobs.specs.colour import listening
from jobs.specs.nginx import nginx_conf
from jobs.specs.unit import Unit

Json = dict[str, Any]

PORT = 8080
HEALTH_PATH = "/.muster/health"
"""Answered by the server itself; no file can have this name, because hidden ones are not shown."""
RULES = "MUSTER_STATIC"
CONF = "local/nginx.conf"

# A hash in a name: eight or more hexadecimal signs, digits and letters among them, or exactly
# eight of base64 with a digit, a capital and a small letter. So no word and no date is one.
IMMUTABLE = (
    r"[.-](?:(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}"
    r"|(?=[\w-]{0,7}[0-9])(?=[\w-]{0,7}[A-Z])(?=[\w-]{0,7}[a-z])[\w-]{8})\.[^/]+$"
)


def static(unit: Unit, release: int, count: int) -> Json:
    """The job of a service of files; public as a web service is.

    ValueError where the operator has named neither a server's command nor its image.
    """
    host = f"{unit.slug}.{unit.place.apps_domain}"
    server = unit.place.files
    if server.command:
        service = replace(unit.service, command=server.command)
        env, template = {RULES: rules(unit.service)}, None
    elif server.image:
        conf = nginx_conf(unit.service, root="/local/app", health=HEALTH_PATH, immutable=IMMUTABLE)
        service = replace(
            unit.service,
            image=server.image,
            command=("nginx", "-c", f"/{CONF}", "-g", "daemon off;"),
        )
        env, template = {}, _file(conf)
    else:
        raise ValueError("This cluster has no web server for files: ask an operator to name one.")
    # Its files are all that it has: neither variables nor secrets are for a server of files.
    bare = replace(service, health_path=HEALTH_PATH, variables={}, secrets={}, links=())
    job = listening(replace(unit, service=bare), release, count, host=host)
    [task] = job["TaskGroups"][0]["Tasks"]
    task["Env"] |= env
    if template:
        task["Templates"] = [template]
    return job


def rules(service: ServiceDoc) -> str:
    """What `local.files` is told, as JSON in which Nomad finds nothing to replace."""
    found = {
        "fallback": service.fallback,
        "headers": [[one.path, one.name, one.value] for one in service.headers],
        "health": HEALTH_PATH,
        "immutable": IMMUTABLE,
        "redirects": [[one.path, one.to, one.status] for one in service.redirects],
    }
    return json.dumps(found, sort_keys=True).replace("${", "\\u0024{")


def _file(conf: str) -> Json:
    return {
        "EmbeddedTmpl": conf.replace("{{", '{{"{{"}}'),
        "DestPath": CONF,
        "Once": True,
        "ChangeMode": "noop",
        "Perms": "0444",
    }
