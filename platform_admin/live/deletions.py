"""The live part of a deletion's page: what is gone, and what it waits for."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from platform_admin.live.fragment import Fragment, answer
from platform_admin.models import App, Deletion, Environment, Team
from platform_admin.pages.access import of_team
from platform_admin.rules.permissions import Permission


@of_team(Permission.VIEW_TEAM)
def progress(request: HttpRequest, team: Team, number: int) -> HttpResponse:
    """The fragment as it is now; it ends the polling with the deletion."""
    return answer(request, fragment(found(team, number)))


def found(team: Team, number: int) -> Deletion:
    """The team's deletion of this number, or 404."""
    deletion = team.deletions.select_related("actor", "team").filter(pk=number).first()
    if deletion is None:
        raise Http404(f"{team} has no deletion {number}.")
    return deletion


def fragment(deletion: Deletion) -> Fragment:
    """What is gone, what is waited for, and where to go on once all is."""
    beside, address = _beside(deletion)
    return Fragment(
        name="progress",
        url=reverse("deletion_live", args=[deletion.team.slug, deletion.pk]),
        template="deletions/_progress.html",
        context={"deletion": deletion, "beside": beside, "address": address},
        moving=True,
        ended=deletion.finished_at is not None,
    )


def _beside(deletion: Deletion) -> tuple[str, str]:
    """The nearest of what it stood in that is still there, with its address."""
    app, environment, _ = [*deletion.name.split("/"), "", ""][:3]
    rows = Environment.objects.filter(app__slug=app, slug=environment, app__team=deletion.team)
    if deletion.kind in (Deletion.Kind.SERVICE, Deletion.Kind.RESOURCE) and rows.exists():
        return f"{app}/{environment}", reverse("environment", args=[app, environment])
    apps = App.objects.filter(slug=app, team=deletion.team)
    if deletion.kind != Deletion.Kind.APP and apps.exists():
        return app, reverse("app", args=[app])
    return "your apps", reverse("home")
