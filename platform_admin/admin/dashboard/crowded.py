"""Services that would have more instances, and may not or can not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from platform_admin.admin.dashboard.unplaced import Unplaced, unplaced
from platform_admin.models import ScalingEvent, ScalingPolicy, Service
from platform_admin.pages.waking import followed
from scaler.rules.capped import CAPS, asked_for, capped
from scaler.rules.steps import STEPS
from scaler.samples.window import decided_last

MOST = 20
REFUSED_WITHIN = timedelta(hours=1)
_FOLLOWED = Q(policy__mode=ScalingPolicy.Mode.ON, policy__paused=False)


@dataclass(frozen=True)
class Held:
    """What keeps a service from growing: a step of CAPS, what it wants and what it is left.

    `at` is the sample that this was decided from.
    """

    cap: str
    wants: int
    left: int
    at: datetime


@dataclass(frozen=True)
class Line:
    """A service at its limit since or as of `at`, in words, and where one changes that."""

    service: Service
    limit: str
    sentence: str
    at: datetime
    url: str
    act: str
    act_url: str


@dataclass(frozen=True)
class Crowded:
    """The services at a limit, by team and name, and how many there are."""

    shown: Sequence[Line]
    total: int


def crowded(now: datetime) -> Crowded:
    """What is at a limit now: of its maximum, the quota or the cluster; five queries.

    Maximum and quota hold only who follows its load; who finds no place is short anyway.
    """
    held, short = _refused(now) | _held(), unplaced(now)
    rows = Service.objects.filter(
        Q(pk__in=list(short)) | Q(_FOLLOWED, pk__in=list(held))
    ).select_related("environment__app__team__quota", "policy")
    ordered = rows.order_by("environment__app__team__name", "slug_row_id")
    shown = [
        _line(each, held.get(each.pk) if followed(each.policy) else None, short.get(each.pk))
        for each in ordered[:MOST]
    ]
    return Crowded(shown, rows.count())


def _held() -> dict[int, Held]:
    """By service, as the newest decision of its shard has it."""
    found: dict[int, Held] = {}
    for decided in decided_last():
        caps, wants = capped(decided.counts), asked_for(decided.counts)
        for place in (caps >= 0).nonzero()[0]:
            cap = CAPS[caps[place]]
            left = int(decided.counts[STEPS.index(cap), place])
            found[int(decided.services[place])] = Held(cap, int(wants[place]), left, decided.at)
    return found


def _refused(now: datetime) -> dict[int, Held]:
    """By service, where the quota refused what was decided last and nothing happened since."""
    since = ScalingEvent.objects.filter(service=OuterRef("service"), at__gt=OuterRef("at"))
    rows = ScalingEvent.objects.filter(
        ~Exists(since), outcome=ScalingEvent.Outcome.REFUSED, at__gt=now - REFUSED_WITHIN
    )
    found = rows.values_list("service_id", "after", "before", "at")
    return {service: Held("quota", after, before, at) for service, after, before, at in found}


def _line(service: Service, held: Held | None, short: Unplaced | None) -> Line:
    if short is not None:
        more = f" It wants {held.wants}." if held else ""
        return _without_room(service, _short(short) + more, short.since)
    assert held is not None, "a service is listed for what holds it"
    if held.cap == "placement":
        said = f"It wants {held.wants} and stays at {held.left} while instances wait for a place."
        return _without_room(service, said, held.at)
    if held.cap == "bounds":
        said = f"It wants {held.wants}, and its maximum is {held.left}."
        url = reverse("service_scaling", args=_address(service))
        return Line(service, "maximum", said, held.at, _url(service), "Its policy", url)
    said = f"It wants {held.wants}, and the team's quota leaves {held.left}."
    quota = service.environment.app.team.quota
    url = reverse("admin:platform_admin_quota_change", args=[quota.pk])
    return Line(service, "quota", said, held.at, _url(service), "The quota", url)


def _without_room(service: Service, sentence: str, at: datetime) -> Line:
    nodes = f"{reverse('admin:index')}?nodes=1#nodes"
    return Line(service, "no room", sentence, at, _url(service), "Nodes", nodes)


def _url(service: Service) -> str:
    return reverse("service", args=_address(service))


def _address(service: Service) -> list[str]:
    return [service.environment.app.slug, service.environment.slug, service.name]


def _short(short: Unplaced) -> str:
    missing = short.asked - short.placed
    verb = "has" if missing == 1 else "have"
    return f"{missing} of its {short.asked} instances {verb} no place in the cluster."
