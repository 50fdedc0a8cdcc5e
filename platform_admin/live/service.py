"""The live part of a service's page: its figures, why it has its count, its instances."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from platform_admin.live import runs
from platform_admin.live.fragment import SENTENCE, Fragment, answer, shared
from platform_admin.models import Colour, Instance, Service
from platform_admin.pages import faults, history, measured, quota, sentences, standing, traffic
from platform_admin.pages.access import of_service
from platform_admin.pages.chart import chart
from platform_admin.pages.clocks import Clock
from platform_admin.pages.decision import at_rest, first_of, last_of, limit_of
from platform_admin.pages.drift import drift_of
from platform_admin.pages.figures import figures, old
from platform_admin.pages.limits import limits_of
from platform_admin.pages.marks import marks
from platform_admin.pages.measured import moment
from platform_admin.pages.paused import paused_of
from platform_admin.pages.render import actor_of
from platform_admin.pages.spans import HOUR, SPANS, Span, span_of
from platform_admin.pages.standing import Standing
from platform_admin.rules.contract import trouble
from platform_admin.rules.permissions import Permission
from platform_admin.rules.traffic import GROWS_S
from platform_admin.verbs import scope
from platform_admin.verbs.actor import Actor

ENDED_SHOWN, RUNS_SHOWN = 3, 10
COUNT = "service/_count.html"


@dataclass(frozen=True)
class InstanceLine:
    """An instance with its state as a shape and a word."""

    row: Instance
    look: str
    word: str

    @property
    def told(self) -> str:
        """What is to be said of it: why its check fails, or its last event; "" for nothing."""
        if not self.row.healthy and (why := trouble(self.row.last_event)):
            return why
        told = self.look in ("failed", "degraded") or self.row.restarts > 0
        return self.row.last_event if told else ""


@dataclass(frozen=True)
class ColourLine:
    """One of the two jobs: what it runs, and what is known of its count."""

    row: Colour
    role: str
    job: str
    healthy: int


@of_service(Permission.VIEW_APP)
def now(request: HttpRequest, service: Service) -> HttpResponse:
    """The fragment as it is now."""
    span, actor = span_of(request.GET.get("span", "")), actor_of(request)
    key = ("service", service.pk, span.name, *scope.rights(actor, service.environment.app.team))
    return answer(request, shared(key, lambda: fragment(actor, service, span)))


def fragment(actor: Actor, service: Service, span: Span = HOUR) -> Fragment:
    """State sentence, figures, the last decision, the chart, instances, colours, scalings."""
    environment = service.environment
    now = timezone.now()
    [stands] = standing.of_services(Service.objects.filter(pk=service.pk), now)
    fresh = stands.about
    assert isinstance(fresh, Service)
    team = environment.app.team
    if stands.clock is not None:
        return _of_cron(actor, fresh, stands, stands.clock)
    sent = traffic.sent(fresh)
    broken = faults.broken(fresh, sent, now)
    bars = quota.bars(team)
    shown = scaling(fresh, stands, span, now)
    url = reverse("service_live", args=[environment.app.slug, environment.slug, service.name])
    return Fragment(
        name="now",
        url=url if span is HOUR else f"{url}?span={span.name}",
        template="service/_now.html",
        context={
            "environment": environment,
            "service": fresh,
            "standing": stands,
            "state": stands.state,
            "sentence": sentences.of_service(stands, shown["figures"][1] if fresh.scaled else None),
            "instances": _instances(stands.instances),
            "colours": [_colour(fresh, row, stands.instances) for row in _both(fresh)],
            "deployment": fresh.rollout.deployment,
            "scalings": history.scalings_of(fresh, 5),
            "drift": drift_of(environment, [stands]),
            "quota": bars,
            "over_quota": quota.excess(bars),
            "may_deploy": scope.allowed(actor, team, Permission.DEPLOY),
            "may_scale": scope.allowed(actor, team, Permission.SCALE),
            "may_read_logs": scope.allowed(actor, team, Permission.VIEW_LOGS),
            "takes_traffic": traffic.takes(fresh),
            "traffic": sent,
            "traffic_grows_s": GROWS_S,
            "suspended_by": history.suspended_by(fresh),
            "failed": max(0, sent.failed - (broken.killed if broken else 0)) if sent else 0,
            "faults": broken,
            **shown,
        },
        asides=(SENTENCE, COUNT),
        moving=stands.moving
        or (sent is not None and sent.running)
        or (broken is not None and broken.going),
    )


def _of_cron(actor: Actor, service: Service, stands: Standing, clock: Clock) -> Fragment:
    """The same of a cron, which has neither instances of its own nor a count."""
    environment = service.environment
    return Fragment(
        name="now",
        url=reverse("service_live", args=[environment.app.slug, environment.slug, service.name]),
        template="service/_now_cron.html",
        context={
            "environment": environment,
            "service": service,
            "standing": stands,
            "state": stands.state,
            "sentence": sentences.of_service(stands),
            "clock": clock,
            "runs": runs.lines(service, RUNS_SHOWN),
            "deployment": service.rollout.deployment,
            "drift": drift_of(environment, [stands]),
            "may_deploy": scope.allowed(actor, environment.app.team, Permission.DEPLOY),
            "may_run": scope.allowed(actor, environment.app.team, Permission.RUN),
        },
        asides=(SENTENCE,),
        moving=stands.moving,
    )


def scaling(service: Service, stands: Standing, span: Span, now: datetime) -> dict[str, Any]:
    """What the page shows of a service's scaling: figures, decision, chart."""
    policy = service.policy
    newest = measured.newest_of([service])
    hour = measured.last_hour([service], newest, now)[service.pk]
    found = hour if span is HOUR else measured.of_span(service, span, newest, now)
    marked = marks(service, moment(found.since), moment(found.until))
    [counts] = newest.counts
    return {
        "policy": policy,
        "figures": figures(service, policy, stands.counts, hour, now),
        "at_rest": at_rest(service, policy, counts, hour, now),
        "rest_as_of": old(newest.decided_at, now),
        "decision": last_of(service),
        "first": first_of(service, newest, service.environment.cell.sampled_at, now),
        "limit": limit_of(policy, counts),
        "limits": limits_of(service, stands.release),
        "paused": paused_of(service, hour, now),
        "chart": chart(service, policy, found, marked),
        "spans": SPANS,
    }


def line(instance: Instance) -> InstanceLine:
    """The instance with its state: draining before healthy, for it goes whatever it answers."""
    if instance.ended:
        failed = instance.client_status == "failed"
        return InstanceLine(instance, "failed" if failed else "off", instance.client_status)
    if instance.draining:
        return InstanceLine(instance, "starting", "draining")
    if instance.healthy:
        return InstanceLine(instance, "healthy", "healthy")
    if instance.restarts:
        return InstanceLine(instance, "degraded", "restarting")
    return InstanceLine(instance, "starting", "starting")


def _instances(instances: tuple[Instance, ...]) -> list[InstanceLine]:
    present = [each for each in instances if not each.ended]
    ended = sorted((each for each in instances if each.ended), key=lambda one: one.seen_at)
    return [line(each) for each in [*present, *reversed(ended[-ENDED_SHOWN:])]]


def _both(service: Service) -> list[Colour]:
    return sorted(service.colours.all(), key=lambda row: row.colour)


def _colour(service: Service, row: Colour, instances: tuple[Instance, ...]) -> ColourLine:
    rollout = service.rollout
    if row.colour == rollout.live:
        role = "live"
    elif rollout.deployment_id and row.colour == rollout.new:
        role = "next"
    else:
        role = "idle"
    healthy = sum(
        each.colour == row.colour and each.healthy and not each.draining and not each.ended
        for each in instances
    )
    return ColourLine(row, role, f"{service.slug}-{row.colour}", healthy)
