"""What a rotation's page says, which hangs on what it rotates: a secret, or a resource's logins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from jobs.document import Document
from platform_admin.models import Environment, Resource, Rotation, SecretVersion
from platform_admin.pages.owner import Owner
from platform_admin.verbs.login_rotations import linked
from platform_admin.verbs.logins import before, each_its_own, today
from platform_admin.verbs.versions import drafted

GONE = "nothing live names it any more"


@dataclass(frozen=True)
class Words:
    """What is rotated (`what`, of whom, to what), and the sentence of each end that it may have.

    `runs` says of a service what is live of it, `after` of an environment what the draft names.
    It is `settled` once nothing of the rotation is left to do when its deployments have ended.
    """

    what: str
    owner: str
    owner_url: str
    to: str
    nothing: str
    under_way: str
    through: str
    failed: Callable[[str], str]
    runs: Callable[[Document, str], str]
    after: Callable[[Environment], str]
    settled: bool = True


def words(rotation: Rotation) -> Words:
    """What the page of this rotation says."""
    if rotation.resource is not None:
        return _of_logins(rotation.resource)
    assert rotation.version is not None
    return _of_secret(rotation.version)


def _of_secret(version: SecretVersion) -> Words:
    secret, number = version.variable, version.number
    owner = Owner(secret.within, secret.service)

    def runs(live: Document, name: str) -> str:
        doc = live.service(name)
        ref = doc.secrets.get(secret.name) if doc else None
        return f"version {ref.version} is live" if ref else GONE

    def after(environment: Environment) -> str:
        named = drafted(secret, environment)
        return f"The draft of {environment.slug} names version {named.number}." if named else ""

    return Words(
        what=secret.name,
        owner=str(owner),
        owner_url=owner.url(),
        to=f"version {number}",
        nothing=f"Nothing live names {secret.name}: version {number} stands in the draft.",
        under_way=(
            f"Version {number} is on its way: callees before callers, each tested before it"
            " carries traffic. Until all are live the version before stays valid."
        ),
        through=f"Version {number} is live wherever {secret.name} is named; drafts name it too.",
        failed=lambda where: (
            f"Version {number} did not come through in {where}: what is live there"
            " and the draft keep the version that they had."
        ),
        runs=runs,
        after=after,
    )


def _of_logins(resource: Resource) -> Words:
    environment = resource.environment
    names = environment.services.values_list("name", flat=True)
    holders = list(names) if each_its_own(resource) else [""]
    old = sorted(row.user for name in holders for row in before(resource, name))

    def runs(live: Document, name: str) -> str:
        now = today(resource, name)
        is_linked = name in {doc.name for doc in linked(live, resource)}
        return f"{now.user} is live" if now and is_linked else GONE

    return Words(
        what=f"the login of {resource.name}",
        owner=str(environment),
        owner_url=reverse("resource", args=[environment.app.slug, environment.slug, resource.name]),
        to="another user" if each_its_own(resource) else "another user or password",
        nothing=f"Nothing live is linked to {resource.name}: links give the new login from now on.",
        under_way=(
            "The new login is on its way: callees before callers, each on its other colour and"
            " tested before it carries traffic. The one before stays valid, also for a way back."
        ),
        through=_through(resource, old),
        failed=lambda where: (
            f"The new login did not come through in {where}: what is live keeps the one before,"
            " which stays valid. The new one is kept for another try."
        ),
        runs=runs,
        after=lambda _: f"Links to {resource.name} give the login before.",
        settled=not (old and each_its_own(resource)),
    )


def _through(resource: Resource, old: list[str]) -> str:
    said = f"All that has a link to {resource.name} runs with its new login."
    if not each_its_own(resource):
        return f"{said} Take the one before away where the server runs."
    if not old:
        return f"{said} The one before is gone."
    return (
        f"{said} {', '.join(old)} stays valid until nothing runs with it any more, and goes about"
        " a minute after."
    )
