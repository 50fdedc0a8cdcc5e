"""The runs of a service: by the clock, by hand, one-off commands, release commands."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from platform_admin.forms.errors import show
from platform_admin.forms.run import RunForm
from platform_admin.live import runs as live
from platform_admin.live.fragment import html
from platform_admin.models import Run, Service
from platform_admin.pages import trail
from platform_admin.pages.access import of_service
from platform_admin.pages.render import actor_of, page
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.runs import cancel_run, run_now, run_once


@of_service(Permission.VIEW_APP)
def runs(request: HttpRequest, service: Service) -> HttpResponse:
    """The history, with a form for a command."""
    return _page(request, service, RunForm())


@of_service(Permission.VIEW_APP)
def run(request: HttpRequest, service: Service, run: int) -> HttpResponse:
    """One run, live while it goes."""
    actor, row = actor_of(request), live.found(service, run)
    fragment = live.fragment(actor, row)
    context = {
        "environment": service.environment,
        "service": service,
        "tab": "runs",
        "run": row,
        "shown": html(request, fragment),
    }
    here = reverse("service_runs", args=_address(service))
    where = trail.then(trail.of_service(actor, service), "runs", here)
    return page(request, "runs/page.html", context, title=str(row), trail=where)


@of_service(Permission.RUN)
def once(request: HttpRequest, service: Service) -> HttpResponse:
    """Runs the typed command once; then its page, or the form with what is wrong."""
    if request.method != "POST":
        return redirect("service_runs", *_address(service))
    form = RunForm(request.POST)
    if not form.is_valid():
        return _page(request, service, form)
    values = form.cleaned_data
    try:
        row = run_once(actor_of(request), service, values["command"], values["limit_s"])
    except Invalid as error:
        show(form, error.errors)
        return _page(request, service, form)
    return redirect("service_run", *_address(service), row.pk)


@of_service(Permission.RUN)
@require_POST
def now(request: HttpRequest, service: Service) -> HttpResponse:
    """Runs a cron now, then the run's page; the history, where it may not start."""
    try:
        row = run_now(actor_of(request), service)
    except Invalid as error:
        messages.error(request, str(error))
        return redirect("service_runs", *_address(service))
    return redirect("service_run", *_address(service), row.pk)


@of_service(Permission.RUN)
@require_POST
def cancel(request: HttpRequest, service: Service, run: int) -> HttpResponse:
    """Asks a run to end, then its page."""
    row = live.found(service, run)
    try:
        cancel_run(actor_of(request), row)
    except Invalid as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The run is being ended.")
    return redirect("service_run", *_address(service), row.pk)


def _page(request: HttpRequest, service: Service, form: RunForm) -> HttpResponse:
    actor, environment = actor_of(request), service.environment
    context = {
        "environment": environment,
        "service": service,
        "tab": "runs",
        "form": form,
        "history": html(request, live.history_of(service)),
        "cron": service.kind == Service.Kind.CRON,
        "is_live": bool(service.rollout.live),
        "going": service.runs.filter(state__in=Run.OPEN).exists(),
        "may_run": scope.allowed(actor, environment.app.team, Permission.RUN),
    }
    here = reverse("service_runs", args=_address(service))
    where = trail.then(trail.of_service(actor, service), "runs", here)
    status = 422 if form.is_bound else 200
    title = f"Runs of {service}"
    return page(request, "runs/list.html", context, title=title, trail=where, status=status)


def _address(service: Service) -> list[str]:
    environment = service.environment
    return [environment.app.slug, environment.slug, service.name]
