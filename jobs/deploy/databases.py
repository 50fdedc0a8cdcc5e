"""The databases and logins of a postgres that Muster runs, as releases name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from jobs.deploy.passing import passing
from jobs.document import Document
from jobs.errors import Unavailable
from jobs.postgres import Login, Role, bring
from jobs.resources import KINDS
from jobs.resources.postgres import ADMIN_DATABASE, login
from platform_admin.models import Database, Resource
from platform_admin.rules.postgres import DATABASE
from platform_admin.verbs.credentials import credential, password


def provide_databases(resource: Resource, document: Document) -> None:
    """Make every database, and every login that the document's links name. Raises ClusterError.

    The rows come first: what a crash leaves half done is known, and done again.
    """
    named = databases_of(document, resource.name)
    linked = {database for each in named.values() for database in each}
    for database in sorted(linked):
        Database.objects.get_or_create(resource=resource, name=database)
    roles = [
        Role(login(service), password(credential(resource, login(service))), frozenset(found))
        for service, found in sorted(named.items())
    ]
    databases = set(resource.databases.values_list("name", flat=True))
    if databases:
        bring(admin(resource), databases, roles)


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


def logins_of(documents: Iterable[Document], resource: str) -> set[str]:
    """The logins that these documents' links use."""
    return {login(name) for each in documents for name in databases_of(each, resource)}
