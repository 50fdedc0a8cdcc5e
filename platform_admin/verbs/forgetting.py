"""The rows of what was deleted, removed last: until then they say what is left to do.

The audit keeps what it recorded.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from platform_admin.models import (
    App,
    Deletion,
    Deployment,
    Domain,
    Environment,
    Link,
    Release,
    Resource,
    Service,
    Slug,
)
from platform_admin.verbs import audit
from platform_admin.verbs.actor import SYSTEM
from platform_admin.verbs.deletions import team_of
from platform_admin.verbs.obstacles import Target
from platform_admin.verbs.quota import locked


@transaction.atomic
def forget_service(deletion: Deletion, service: Service) -> None:
    """Its rows, its slug and what it had reserved are gone."""
    locked(deletion.team)
    Link.objects.filter(to_service=service, service__deletion__isnull=False).delete()
    if Service.objects.filter(pk=service.pk).delete()[0]:
        Slug.objects.filter(slug=service.slug).delete()
        _note(deletion, service, f"{service.name}: its jobs, variables, routes and rows are gone.")


@transaction.atomic
def forget_resource(deletion: Deletion, resource: Resource) -> None:
    """Its rows, its slug, its port and what it had reserved are gone."""
    locked(deletion.team)
    Link.objects.filter(to_resource=resource, service__deletion__isnull=False).delete()
    if Resource.objects.filter(pk=resource.pk).delete()[0]:
        Slug.objects.filter(slug=resource.slug).delete()
        _note(deletion, resource, f"{resource.name}: its job, password and rows are gone.")


@transaction.atomic
def forget_environment(deletion: Deletion, environment: Environment) -> None:
    """Its domains, deployments, releases, variables and itself are gone."""
    Domain.objects.filter(environment=environment).delete()
    Deployment.objects.filter(environment=environment).delete()
    releases = Release.objects.filter(environment=environment)
    releases.update(restores=None)
    releases.delete()
    if Environment.objects.filter(pk=environment.pk).delete()[0]:
        said = f"{environment.slug}: its releases, deployments, domains and variables are gone."
        _note(deletion, environment, said)


@transaction.atomic
def forget_app(deletion: Deletion, app: App) -> None:
    """The app is gone, and its name is free."""
    if App.objects.filter(pk=app.pk).delete()[0]:
        _note(deletion, app, f"{app.slug}: the name is free again.")


def finish(deletion: Deletion) -> None:
    """All of it is gone."""
    open_ = Deletion.objects.filter(pk=deletion.pk, finished_at__isnull=True)
    open_.update(finished_at=timezone.now(), waits_for="", due_at=None)


def _note(deletion: Deletion, gone: Target, said: str) -> None:
    now = Deletion.objects.select_for_update().get(pk=deletion.pk)
    now.done.append(said)
    now.save(update_fields=["done"])
    audit.record(SYSTEM, "deleted", gone, team=team_of(gone))
