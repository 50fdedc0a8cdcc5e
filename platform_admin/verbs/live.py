"""What runs, as its releases say it."""

from __future__ import annotations

from jobs.document import Document, ResourceDoc, ServiceDoc, read, read_service
from platform_admin.models import Deployment, Environment, Release, Service


def live_release(service: Service) -> Release | None:
    """The release that the live colour runs; None where nothing is live."""
    live = service.rollout.live
    if not live:
        return None
    return next(row for row in service.colours.all() if row.colour == live).release


def live_doc(service: Service) -> ServiceDoc | None:
    """What is live of a service, as its release says it; None where nothing is."""
    release = live_release(service)
    return read_service(release.document, service.name) if release else None


def live_document(environment: Environment) -> Document:
    """What runs, as a document: each service as its live colour's release says it.

    Resources have no colours: theirs are those of the last release that went live. What was
    deleted, or is about to be, runs no more.
    """
    found = (live_doc(service) for service in _services(environment))
    return Document(
        environment.app.slug,
        environment.slug,
        services=tuple(doc for doc in found if doc is not None),
        resources=_resources(environment),
    )


def linked_from(environment: Environment, document: Document) -> tuple[ServiceDoc, ...]:
    """The services that the document's have links to and that are not live, as released then."""
    lacking: dict[str, ServiceDoc] = {}
    for service in _services(environment):
        released = _released(service)
        doc = document.service(service.name)
        for link in doc.links if doc and released else ():
            target = released.service(link.target) if released else None
            if target is not None and document.service(target.name) is None:
                lacking[target.name] = target
    return tuple(lacking.values())


def _services(environment: Environment) -> list[Service]:
    staying = environment.services.filter(deletion__isnull=True)
    return list(staying.select_related("rollout").prefetch_related("colours__release"))


def _released(service: Service) -> Document | None:
    """The document that the live colour's release is."""
    release = live_release(service)
    return read(release.document) if release else None


def _resources(environment: Environment) -> tuple[ResourceDoc, ...]:
    done = environment.deployments.filter(state=Deployment.State.SUCCEEDED, restart=False)
    last = done.select_related("release").order_by("-number").first()
    if last is None:
        return ()
    staying = environment.resources.filter(deletion__isnull=True).values_list("name", flat=True)
    return tuple(each for each in read(last.release.document).resources if each.name in staying)
