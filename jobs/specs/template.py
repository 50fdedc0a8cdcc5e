"""The one template of a task: its Nomad Variable as environment variables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jobs.document import ServiceDoc
from jobs.specs.names import variable_path


def variable_keys(service: ServiceDoc) -> tuple[str, ...]:
    """The keys that the job's Variable must hold, sorted: variables, secrets and links.

    None: the job has no template, and no Variable is needed (Nomad refuses an empty one).
    """
    links = (link.variable for link in service.links)
    return tuple(sorted({*service.variables, *service.secrets, *links}))


def templates(job_id: str, keys: Iterable[str], suffix: str = "") -> dict[str, Any]:
    """The task's field Templates; empty where there are no keys.

    Read once and never again: an instance keeps the values that it started with, and a Nomad
    that is away restarts nothing. `.Value | toJSON` is what carries any text unchanged. `suffix`
    stands behind each key in the Variable.
    """
    lines = "".join(f"{key}={{{{ .{key}{suffix}.Value | toJSON }}}}\n" for key in keys)
    if not lines:
        return {}
    opening = f'{{{{- with nomadVar "{variable_path(job_id)}" }}}}\n'
    template = {
        "EmbeddedTmpl": f"{opening}{lines}{{{{- end }}}}\n",
        "DestPath": "${NOMAD_SECRETS_DIR}/app.env",
        "Envvars": True,
        "Once": True,
        "ChangeMode": "noop",
        "ErrMissingKey": True,
        "Perms": "0400",
    }
    return {"Templates": [template]}
