"""The databases and logins of a postgres that Muster runs, as releases name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from jobs.deploy.passing import passing
from jobs.document import Document
from jobs.errors import Unavailable
from jobs.postgres import Login, Role, bring, hand_over
from jobs.resources import KINDS
from jobs.resources.postgres import ADMIN_DATABASE, login
from platform_admin.models import Credential, Database, Deployment, Resource
from platform_admin.rules.postgres import DATABASE
from platform_admin.verbs.credentials import credential, password
from platform_admin.verbs.logins import given, today


def provide_databases(resource: Resource, document: Document, deployment: Deployment) -> None:
    """Make every database, and every login that the document's links name. Raises ClusterError.

    The rows come first: what a crash leaves half done is known, and done again. In a rotation
    the new logins are made beside those of today.
    """
    named = databases_of(document, resource.name)
    linked = {database for each in named.values() for database in each}
    for database in sorted(linked):
        Database.objects.get_or_create(resource=resource, name=database)
    databases = set(resource.databases.values_list("name", flat=True))
    if not databases:
        return
    now = {service: _made(resource, service) for service in sorted(named)}
    new = {service: given(resource, service, deployment) for service in now}
    turned = {service: row for service, row in new.items() if row and row != now[service]}
    roles = [_role(row, named[service]) for each in (now, turned) for service, row in each.items()]
    bring(admin(resource), databases, roles)
    if turned:
        hand_over(admin(resource), [now[service].user for service in turned], databases)


def _made(resource: Resource, service: str) -> Credential:
    """The service's login of today, made where it has none."""
    found = today(resource, service)
    return credential(resource, found.user if found else login(service))


def _role(row: Credential, databases: Collection[str]) -> Role:
    return Role(row.user, password(row), frozenset(databases))


def databases_of(document: Document, resource: str) -> Mapping[str, set[str]]:
    """The databases of the resource that each service's links name, by the service."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for service in document.services:
        for link in service.links:
            if link.target == resource:
                found[service.name].add(link.database or DATABASE)
    return found


def admin(resource: Resource, database: str = ADMIN_DATABASE) -> Login:
    """Muster's own login to it, where it passes in Consul; Unavailable while it does not."""
    found = passing(resource)
    if not found:
        raise Unavailable(f"{resource.slug} does not pass in Consul yet", server="consul")
    row = resource.credentials.get(user=KINDS[resource.kind].user)
    return Login(found[0].address, found[0].port, row.user, password(row), database)
