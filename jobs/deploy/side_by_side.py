"""The values of a job without colours: those of two releases in one Variable, by suffix."""

from __future__ import annotations

from collections.abc import Mapping

from jobs.errors import Refused
from jobs.nomad import Variable
from jobs.specs import names
from platform_admin.rules.rollout import Colour, other
from platform_admin.rules.variables import LARGEST_BYTES, all_bytes


def values(present: Variable | None, fresh: Mapping[str, str], colour: Colour) -> dict[str, str]:
    """The new values of a colour, beside what stands there of the other one.

    Refused where Nomad takes no more: both are needed until the next deployment.
    """
    kept = names.one_job_suffix(other(colour))
    there = present.items if present else {}
    found = {name: value for name, value in there.items() if name.endswith(kept)}
    found |= {f"{name}{names.one_job_suffix(colour)}": value for name, value in fresh.items()}
    size = all_bytes(found)
    if size > LARGEST_BYTES:
        raise Refused(
            f"the variables and secrets of the old and the new release are {size} bytes together,"
            f" {size - LARGEST_BYTES} more than Nomad takes",
            server="nomad",
        )
    return found
