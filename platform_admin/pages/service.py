"""A service now: how it stands, its count, its instances, both colours."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from jobs import servers
from jobs.deploy.preview import live_preview
from jobs.errors import ClusterError
from jobs.specs.entries import consul_entries
from platform_admin.forms.errors import show
from platform_admin.forms.scale import HOUR as ONE_HOUR
from platform_admin.forms.scale import ScaleForm
from platform_admin.live import service as live
from platform_admin.live.fragment import SENTENCE, aside_html, html
from platform_admin.models import Service
from platform_admin.pages import addresses, trail
from platform_admin.pages.access import of_service
from platform_admin.pages.registered import job_by_hand
from platform_admin.pages.render import actor_of, page
from platform_admin.pages.spans import span_of
from platform_admin.pages.standing import live_colour
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.audit import record
from platform_admin.verbs.desired import end_override, set_desired
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.policies import pause_scaling, resume_scaling

RENAMED = {"desired": "count"}


@of_service(Permission.VIEW_APP)
def now(request: HttpRequest, service: Service) -> HttpResponse:
    """The service's page."""
    return _page(request, service, ScaleForm(initial={"ends": ONE_HOUR}))


@of_service(Permission.SCALE)
def scale(request: HttpRequest, service: Service) -> HttpResponse:
    """Sets how many instances are wanted; then, or not posted, the service's page."""
    if request.method != "POST":
        return _back(service)
    form = ScaleForm(request.POST)
    if form.is_valid():
        try:
            done = _scaled(actor_of(request), service, form)
        except Invalid as error:
            show(form, error.errors, renamed=RENAMED)
        else:
            if done:
                messages.success(request, f"{service.name} will run {form.cleaned_data['count']}.")
                return _back(service)
            form.add_error(None, _moved_on(service))
    return _page(request, service, form)


def _scaled(actor: Actor, service: Service, form: ScaleForm) -> bool:
    """Whether the count was set: not where it is another one by now than the person saw."""
    values = form.cleaned_data
    if values["version"] not in (None, service.desired_version):
        return False
    until = form.end(timezone.now())
    return set_desired(actor, service, values["count"], reason=values["reason"], until=until)


def _moved_on(service: Service) -> str:
    service.refresh_from_db(fields=["desired"])
    return (
        f"Nothing was set: the count was changed meanwhile, it is {service.desired} now."
        " Set yours again if you still want it."
    )


@of_service(Permission.SCALE)
@require_POST
def end_scale(request: HttpRequest, service: Service) -> HttpResponse:
    """Ends a count that was set by hand, then the service's page."""
    try:
        end_override(actor_of(request), service)
    except Invalid as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{service.name} is no longer set by hand.")
    return _back(service)


@of_service(Permission.SCALE)
@require_POST
def pause(request: HttpRequest, service: Service) -> HttpResponse:
    """Pauses the service's scaling, then its page."""
    pause_scaling(actor_of(request), service)
    messages.success(request, f"The scaling of {service.name} is paused: its count stays.")
    return _back(service)


@of_service(Permission.SCALE)
@require_POST
def resume(request: HttpRequest, service: Service) -> HttpResponse:
    """Resumes the service's scaling, then its page."""
    resume_scaling(actor_of(request), service)
    messages.success(request, f"The scaling of {service.name} goes on.")
    return _back(service)


@of_service(Permission.DEPLOY)
@require_POST
def restart(request: HttpRequest, service: Service, allocation: str) -> HttpResponse:
    """Restarts one instance where it is, then the service's page."""
    instance = service.instances.filter(allocation=allocation, ended=False).first()
    if instance is None:
        raise Http404("That instance has ended.")
    team = service.environment.app.team
    with transaction.atomic():
        record(actor_of(request), "restart", instance, team=team)
    try:
        servers.nomad().restart(allocation)
    except ClusterError as error:
        messages.error(request, f"{instance} was not restarted: {error}")
    else:
        messages.success(request, f"{instance} restarts where it is.")
    return _back(service)


def _page(request: HttpRequest, service: Service, form: ScaleForm) -> HttpResponse:
    actor = actor_of(request)
    environment = service.environment
    team = environment.app.team
    colour = live_colour(service)
    span = span_of(request.GET.get("span", ""))
    fragment = live.fragment(actor, service, span)
    cron = service.kind == Service.Kind.CRON
    drafted = None if colour else live_preview(service)
    job = job_by_hand(colour) if colour else drafted and drafted.job
    context = {
        "environment": environment,
        "service": service,
        "tab": "now",
        "now": html(request, fragment),
        "sentence": aside_html(request, fragment, SENTENCE),
        "count": "" if cron else aside_html(request, fragment, live.COUNT),
        "cron": cron,
        "addresses": addresses.of_service(service),
        "form": form,
        "job": job,
        "job_is_live": colour is not None,
        "entries": consul_entries(job) if job else [],
        "links": service.links.select_related("to_service", "to_resource").order_by("variable"),
        "callers": service.callers.select_related("service").order_by("service__name"),
        "may_scale": scope.allowed(actor, team, Permission.SCALE),
        "may_restart": colour is not None
        and service.suspended_at is None
        and service.deletion_id is None
        and scope.allowed(actor, team, Permission.DEPLOY),
    }
    return page(
        request,
        "service/page.html",
        context,
        title=str(service),
        trail=trail.of_service(actor, service),
        status=422 if form.errors else 200,
    )


def _back(service: Service) -> HttpResponse:
    environment = service.environment
    return redirect("service", environment.app.slug, environment.slug, service.name)
