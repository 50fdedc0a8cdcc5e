"""An environment: how it stands, what it has, what would change."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from platform_admin.live import environment as live
from platform_admin.live.fragment import SENTENCE, aside_html, html
from platform_admin.models import Environment
from platform_admin.pages import checklist, drafted, pending, trail
from platform_admin.pages.access import of_environment
from platform_admin.pages.render import actor_of, page
from platform_admin.rules.checklist import tally
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope


@of_environment(Permission.VIEW_APP)
def overview(request: HttpRequest, environment: Environment) -> HttpResponse:
    """The environment's page."""
    actor = actor_of(request)
    fragment = live.fragment(actor, environment)
    changes = () if pending.under_way(environment) else drafted.changes(environment)
    context = {
        "environment": environment,
        "overview": html(request, fragment),
        "sentence": aside_html(request, fragment, SENTENCE),
        "tally": tally(checklist.answered(environment)),
        "changes": changes,
        "changed": drafted.total(changes),
        "pending": pending.undeployed(environment) if changes else None,
        "brought_back": pending.brought_back(environment) if changes else None,
        "may_deploy": scope.allowed(actor, environment.app.team, Permission.DEPLOY),
        "has_services": environment.services.exists(),
        "may_change": scope.allowed(actor, environment.app.team, Permission.CHANGE_DRAFT),
    }
    where = trail.of_environment(actor, environment)
    return page(request, "environment/page.html", context, title=str(environment), trail=where)
