"""What a person has to know of the newest release before releasing the draft."""

from __future__ import annotations

from dataclasses import dataclass

from jobs.document import digest
from platform_admin.models import Deployment, Environment, Release
from platform_admin.verbs.drafts import draft
from platform_admin.verbs.releases import last_release

_CAME_TO_NOTHING = (Deployment.State.FAILED, Deployment.State.CANCELLED)


@dataclass(frozen=True)
class Pending:
    """The release that holds the draft and is not live; `last` is its last deployment, if any."""

    release: Release
    last: Deployment | None


def undeployed(environment: Environment) -> Pending | None:
    """The newest release where it is the draft; for a draft that differs from what is live.

    None while a deployment of it is under way: that one tells the rest.
    """
    newest = _of_draft(environment)
    if newest is None:
        return None
    last = newest.deployments.filter(restart=False).order_by("-number").first()
    if last is not None and last.state not in _CAME_TO_NOTHING:
        return None
    return Pending(newest, last)


def under_way(environment: Environment) -> Deployment | None:
    """The deployment that brings the draft as it is live now; None where none does."""
    newest = _of_draft(environment)
    if newest is None:
        return None
    moving = newest.deployments.filter(restart=False).exclude(state__in=Deployment.ENDED)
    return moving.order_by("-number").first()


def brought_back(environment: Environment) -> Release | None:
    """The release that went live last, where it restores an older one."""
    done = environment.deployments.filter(state=Deployment.State.SUCCEEDED, restart=False)
    last = done.select_related("release__restores").order_by("-number").first()
    return last.release if last is not None and last.release.restores else None


def _of_draft(environment: Environment) -> Release | None:
    """The newest release, where it is what the draft is."""
    newest = last_release(environment)
    same = newest is not None and newest.digest == digest(draft(environment))
    return newest if same else None
