"""A team: who is in it, what it uses of its quota, what was done."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from platform_admin.forms.errors import show
from platform_admin.forms.member import MemberForm
from platform_admin.models import Team
from platform_admin.pages import quota, trail
from platform_admin.pages.access import of_team
from platform_admin.pages.render import actor_of, page
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.teams import add_member

AUDIT_SHOWN = 50


@of_team(Permission.VIEW_TEAM)
def team(request: HttpRequest, found: Team) -> HttpResponse:
    """The team's page."""
    return _page(request, found, MemberForm())


@of_team(Permission.MANAGE_MEMBERS)
def member(request: HttpRequest, found: Team) -> HttpResponse:
    """Adds a person, or gives them another role; not posted, it leads to the form."""
    if request.method != "POST":
        return redirect("team", found.slug)
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            _add(request, found, form)
        except Invalid as error:
            show(form, error.errors)
        except User.DoesNotExist:
            form.add_error("user", "Nobody here has this name: ask an operator to add them.")
        else:
            return redirect("team", found.slug)
    return _page(request, found, form)


def _add(request: HttpRequest, found: Team, form: forms.Form) -> None:
    user = User.objects.get(username=form.cleaned_data["user"], is_active=True)
    made = add_member(actor_of(request), found, user, form.cleaned_data["role"])
    messages.success(request, f"{user} is {made.role} now.")


def _page(request: HttpRequest, found: Team, form: MemberForm) -> HttpResponse:
    actor = actor_of(request)
    bars = quota.bars(found)
    sees_audit = scope.allowed(actor, found, Permission.VIEW_AUDIT)
    events = scope.audit_events(actor).filter(team=found).order_by("-at")
    context = {
        "team": found,
        "members": found.memberships.select_related("user").order_by("user__username"),
        "bars": bars,
        "over_quota": quota.excess(bars),
        "apps": found.apps.order_by("slug"),
        "sees_audit": sees_audit,
        "audit": events[:AUDIT_SHOWN] if sees_audit else [],
        "form": form,
        "may_manage": scope.allowed(actor, found, Permission.MANAGE_MEMBERS),
    }
    return page(
        request,
        "teams/page.html",
        context,
        title=found.name,
        trail=trail.of_team(actor, found),
        status=422 if form.errors else 200,
    )
