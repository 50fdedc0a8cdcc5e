"""What a service's Nomad Variable holds: complete values, links resolved."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from jobs.deploy.domains import first_address
from jobs.deploy.passing import passing
from jobs.document import Document, LinkDoc, SecretRef, ServiceDoc
from jobs.document.types import PUBLIC
from jobs.errors import Refused, Unavailable
from jobs.resources import KINDS
from jobs.specs import names
from platform_admin.models import Deployment, Environment, Resource, Service
from platform_admin.rules.postgres import DATABASE
from platform_admin.rules.variables import LARGEST_BYTES, all_bytes
from platform_admin.verbs.credentials import password
from platform_admin.verbs.external import how
from platform_admin.verbs.logins import given
from platform_admin.verbs.variables import secret_value


def values(
    environment: Environment,
    document: Document,
    doc: ServiceDoc,
    deployment: Deployment | None = None,
) -> dict[str, str]:
    """Every variable of the service as this release names it, resolved as of today.

    In a deployment that rotates logins the new ones stand for today's.
    Raises Unavailable while a resource does not pass in Consul, Refused where a link points to
    nothing or everything together is more than Nomad takes.
    """
    found = dict(doc.variables)
    for name, ref in doc.secrets.items():
        found[name] = _secret(environment, doc, name, ref)
    for link in doc.links:
        found[link.variable] = _linked(environment, document, doc, link, deployment)
    size = all_bytes(found)
    if size > LARGEST_BYTES:
        raise Refused(
            f"{doc.name}: variables and secrets are {size} bytes together,"
            f" {size - LARGEST_BYTES} more than Nomad takes",
            server="nomad",
        )
    return found


def _secret(environment: Environment, doc: ServiceDoc, name: str, ref: SecretRef) -> str:
    if ref.scope == "app":
        return secret_value(environment.app, None, name, ref.version)
    owner = None
    if ref.scope == "service":
        owner = Service.objects.get(environment=environment, name=doc.name)
    return secret_value(environment, owner, name, ref.version)


def _linked(
    environment: Environment,
    document: Document,
    doc: ServiceDoc,
    link: LinkDoc,
    deployment: Deployment | None,
) -> str:
    target = document.service(link.target)
    found: Mapping[str, str]
    if target is not None:
        if target.protocol != "tcp" and not environment.cell.private_address:
            raise Unavailable("no edge passes in Consul yet", server="consul")
        found = service_properties(environment, target)
        if link.property == "public_url" and (first := first_address(environment, target.name)):
            return first
    else:
        found = _resource_properties(environment, doc, link, deployment)
    if link.property not in found:
        raise Refused(
            f"{link.variable}: {link.target} has no property {link.property!r}", server="nomad"
        )
    return found[link.property]


def service_properties(environment: Environment, target: ServiceDoc) -> dict[str, str]:
    """What a link to a service can give: addresses that hold before the service is live.

    One that speaks TCP is asked for in Consul: its instances have ports of their own, which stand
    in the SRV records of both names. `public_url` is the one that it has by its name; its first
    domain goes before that.
    """
    cell, app = environment.cell, environment.app.slug
    slug = names.slug(app, environment.slug, target.name)
    if target.protocol == "tcp":
        return {"host": f"{slug}.service.consul", "srv": f"_{slug}._tcp.service.consul"}
    edge_host, _, edge_port = cell.private_address.rpartition(":")
    if cell.link_form == "dns":
        host, path = f"{target.name}.{app}-{environment.slug}.query.consul", ""
    else:
        host, path = edge_host, f"/~{slug}"
    url = f"http://{host}:{edge_port}{path}"
    found = {"url": url, "internal_url": url, "host": host, "port": edge_port}
    if target.kind in PUBLIC:
        port = cell.web_address.rpartition(":")[2]
        found["public_url"] = f"http://{slug}.{settings.MUSTER_APPS_DOMAIN}:{port}"
    return found


def _resource_properties(
    environment: Environment, doc: ServiceDoc, link: LinkDoc, deployment: Deployment | None
) -> Mapping[str, str]:
    resource = Resource.objects.get(environment=environment, name=link.target)
    found = passing(resource)
    if not found:
        raise Unavailable(f"{resource.slug} does not pass in Consul yet", server="consul")
    kind, credential = KINDS[resource.kind], given(resource, doc.name, deployment)
    if resource.external:
        known = how(resource, credential)
        database = {"database": known.database} if kind.databases else {}
        return kind.properties(known.host, known.port, known.user, known.password, **database)
    database = {"database": link.database or DATABASE} if kind.databases else {}
    if credential is None:
        raise Unavailable(f"{resource.slug} has no login for {doc.name} yet", server="postgres")
    where = found[0].address, found[0].port
    return kind.properties(*where, credential.user, password(credential), **database)
