from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction

from jobs.document import ServiceDoc
from platform_admin.models import Deployment, Environment
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.deployments import deploy
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.live import linked_from, live_document
from platform_admin.verbs.locks import locked_environment
from platform_admin.verbs.releases import release_of


@transaction.atomic
def redeploy(
    actor: Actor, environment: Environment, docs: Mapping[str, ServiceDoc], note: str
) -> Deployment:
    """A queued deployment of these services, which are live, each as its document says.

    All else is as it is live, so nothing of the draft goes with it. A document that changed
    nothing brings the service onto its other colour all the same, with the values of today.
    Invalid: deployment (one is under way, so what will be live is not known).
    """
    environment = locked_environment(environment)
    _refuse_moving(environment)
    live = live_document(environment)
    services = [docs.get(doc.name, doc) for doc in live.services]
    services += linked_from(environment, live)
    made = release_of(actor, environment, replace(live, services=tuple(services)), note)
    return deploy(actor, made, list(environment.services.filter(name__in=docs)))


def _refuse_moving(environment: Environment) -> None:
    moving = environment.deployments.exclude(state__in=Deployment.ENDED).order_by("number").first()
    if moving is not None:
        said = (
            f"Deployment {moving.number} of {environment} is under way: what is live is known when"
            " it has ended. Try again then."
        )
        raise Invalid({"deployment": [said]})
