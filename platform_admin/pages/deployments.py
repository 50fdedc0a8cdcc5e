"""One attempt to bring a release live."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from platform_admin.live import deployments as live
from platform_admin.live.fragment import html
from platform_admin.models import Environment
from platform_admin.pages import drafted, trail
from platform_admin.pages.access import of_environment
from platform_admin.pages.expected import expected_s
from platform_admin.pages.render import actor_of, page
from platform_admin.rules.permissions import Permission
from platform_admin.verbs.deployments import cancel as cancel_deployment
from platform_admin.verbs.errors import Invalid


@of_environment(Permission.VIEW_APP)
def deployment(request: HttpRequest, environment: Environment, number: int) -> HttpResponse:
    """The steps, live, and what the release changed."""
    found = live.found(environment, number)
    actor = actor_of(request)
    address = [environment.app.slug, environment.slug]
    earlier = environment.releases.filter(number__lt=found.release.number).order_by("-number")
    before = earlier.first()
    context = {
        "environment": environment,
        "deployment": found,
        "steps": html(request, live.fragment(actor, found)),
        "changes": () if found.restart else drafted.between(before, found.release),
        "first": before is None,
        "expected_s": None if found.ended else expected_s(found),
    }
    where = trail.then(
        trail.of_environment(actor, environment), "releases", reverse("releases", args=address)
    )
    here = reverse("deployment", args=[*address, number])
    return page(
        request,
        "deployments/page.html",
        context,
        title=f"{'Restart' if found.restart else 'Deployment'} {number} of {environment}",
        trail=trail.then(where, f"deployment {number}", here),
    )


@of_environment(Permission.DEPLOY)
@require_POST
def cancel(request: HttpRequest, environment: Environment, number: int) -> HttpResponse:
    """Asks the deployment to put back what was live."""
    found = live.found(environment, number)
    try:
        cancel_deployment(actor_of(request), found)
    except Invalid as error:
        messages.error(request, str(error))
    return redirect("deployment", environment.app.slug, environment.slug, number)
