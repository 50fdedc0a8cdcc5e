from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.utils import timezone

from platform_admin.models import ScalingEvent, ScalingPolicy, Service
from platform_admin.pages.chart import LOWER, UPPER, chart
from platform_admin.pages.derived import SHOWN
from platform_admin.pages.marks import Mark
from platform_admin.pages.measured import Measured
from platform_admin.pages.spans import BUCKETS, HOUR, SPANS, Span, span_of
from scaler.rules.arrays import Floats
from tests.platform_admin.pages.measuring import WEB, tick
from tests.platform_admin.pages.site import Site

PAGE = "/shop/production/web/"
UNTIL = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
NAN = float("nan")


def measured(span: Span = HOUR, **series: Floats) -> Measured:
    nothing = {name: np.full(BUCKETS, NAN) for name in SHOWN}
    unread = dict.fromkeys(SHOWN, NAN)
    return Measured(span, UNTIL.timestamp(), nothing | series, unread, unread)


def of(
    kind: str, latency_ms: int | None = None, drain_s: int | None = None
) -> tuple[Service, ScalingPolicy]:
    return Service(kind=kind), ScalingPolicy(latency_ms=latency_ms, drain_s=drain_s)


def constant(value: float) -> Floats:
    return np.full(BUCKETS, value)


def test_the_target_is_a_line_at_its_height_and_has_room_above_it() -> None:
    made = chart(*of("web", latency_ms=200), measured(p95=constant(0.312)), ())

    upper = made.panels[0]

    assert upper.title == "p95, target 200 ms"
    assert [label.words for label in upper.left] == ["0", "200 ms", "400 ms"]
    assert upper.target == UPPER[0] + UPPER[1] / 2
    assert [label.at for label in upper.left][1] == upper.target


def test_demand_is_an_area_and_instances_are_steps_with_an_axis_of_their_own() -> None:
    counts = np.concatenate([np.full(60, 2.0), np.full(60, 4.0)])

    made = chart(*of("web"), measured(requests=constant(30.0), instances=counts), ())

    lower = made.panels[1]
    area, steps = lower.paths
    assert [label.words for label in lower.left] == ["0", "10/s", "20/s", "30/s"]
    assert [label.words for label in lower.right] == ["0", "2", "4", "6"]
    assert area.look == "demand"
    assert area.d.startswith(f"M0.5 {LOWER[1]}L0.5 0L1.5 0")
    assert (steps.look, steps.d) == ("instances", "M0 74.7H60V37.3H120")


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (0.02, ["0", "0.01/s", "0.02/s"]),
        (0.06, ["0", "0.02/s", "0.04/s", "0.06/s"]),
        (0.0021, ["0", "0.001/s", "0.002/s", "0.003/s"]),
        (0.7, ["0", "0.25/s", "0.5/s", "0.75/s"]),
        (7.0, ["0", "2.5/s", "5/s", "7.5/s"]),
        (1200.0, ["0", "500/s", "1000/s", "1500/s"]),
    ],
)
def test_no_two_numbers_of_an_axis_read_the_same(rate: float, said: list[str]) -> None:
    made = chart(*of("web"), measured(requests=constant(rate)), ())

    assert [label.words for label in made.panels[1].left] == said


@pytest.mark.parametrize(
    ("p95", "said"),
    [
        (0.0003, ["0", "0.2 ms", "0.4 ms"]),
        (0.004, ["0", "2 ms", "4 ms"]),
        (1.5, ["0", "1 s", "2 s"]),
    ],
)
def test_no_two_durations_of_an_axis_read_the_same(p95: float, said: list[str]) -> None:
    made = chart(*of("web"), measured(p95=constant(p95)), ())

    assert [label.words for label in made.panels[0].left] == said


@pytest.mark.parametrize("bucket", [0, 4, 5, 57, 119])
def test_a_row_of_the_table_names_the_bucket_of_the_chart_where_it_begins(bucket: int) -> None:
    p95 = constant(0.1)
    p95[bucket] = 0.3

    made = chart(*of("web"), measured(p95=p95), ())

    [row] = [row for row in made.rows if row.values[1] == "300 ms"]
    first = bucket // 5 * 5
    begins = UNTIL - timedelta(seconds=30 * (BUCKETS - first))
    assert row.since == begins.strftime("%a %H:%M:%S").removesuffix(":00")


def test_what_is_little_is_not_nothing_in_the_table() -> None:
    made = chart(*of("web"), measured(requests=constant(0.021)), ())

    assert {row.values[2] for row in made.rows} == {"0.021"}


def test_a_workers_chart_is_about_its_queue() -> None:
    made = chart(*of("worker", drain_s=30), measured(oldest=constant(45.0)), ())

    assert made.panels[0].title == "oldest wait, target 30 s"
    assert made.panels[1].title == "jobs waiting and worked on"


def test_nothing_measured_is_said_and_drawn_as_nothing() -> None:
    made = chart(*of("web", latency_ms=200), measured(), ())

    assert [panel.known for panel in made.panels] == [False, False]
    assert {path.d for panel in made.panels for path in panel.paths} == {""}
    assert made.rows == ()


def test_times_stand_at_round_moments() -> None:
    made = chart(*of("web"), measured(), ())

    assert [(label.at, label.words) for label in made.times] == [
        (25.0, "14:15"),
        (50.0, "14:30"),
        (75.0, "14:45"),
        (100.0, "15:00"),
    ]


@pytest.mark.parametrize("span", SPANS)
def test_every_span_has_a_few_times_and_ends_with_the_bucket_that_is_being_filled(
    span: Span,
) -> None:
    now = UNTIL.timestamp() + 7

    assert 3 <= len(chart(*of("web"), measured(span), ()).times) <= 4
    assert now < span.until(now) <= now + span.step_s
    assert span.until(span.until(now) - 0.001) == span.until(now)
    assert span.seconds == BUCKETS * span.step_s
    assert span_of(span.name) is span


def test_an_unknown_span_is_the_hour() -> None:
    assert span_of("3y") is HOUR


def test_marks_stand_at_their_moment_and_in_their_row_of_the_table() -> None:
    at = UNTIL - timedelta(minutes=30)
    marks = [Mark(at, "release", "release 4")]

    made = chart(*of("web"), measured(instances=constant(2.0)), marks)

    [mark] = made.marks
    assert (mark.at, mark.kind, made.kinds) == (50.0, "release", ["release"])
    assert [row.at for row in made.rows if row.happened == "release 4"] == [at]


def test_the_table_says_the_same_newest_first_and_gaps_as_no_data() -> None:
    p95 = constant(0.1)
    p95[-5:] = [0.2, 0.3, NAN, NAN, 0.1]
    counts = constant(2.0)
    counts[-10:] = NAN

    made = chart(*of("web"), measured(p95=p95, instances=counts, requests=constant(6.0)), ())

    assert made.columns == ("instances", "p95", "requests a second")
    assert [row.values for row in made.rows[:3]] == [
        ("no data", "300 ms", "6"),
        ("no data", "100 ms", "6"),
        ("2", "100 ms", "6"),
    ]
    assert made.rows[0].at == UNTIL - timedelta(seconds=150)
    assert len(made.rows) == BUCKETS // 5


def test_the_page_draws_the_chart_and_its_table(site: Site) -> None:
    web = site.service()
    site.live(web)
    now = timezone.now()
    for minutes in (50, 49, 48, 20, 19, 0):
        tick(now - timedelta(minutes=minutes), [web], WEB)

    page = site.bob.browser.get(PAGE).content.decode()

    [area] = re.findall(r'<path class="demand" d="([^"]*)"', page)
    assert area.count("M") == area.count("z") >= 3
    assert "The same as a table" in page
    assert page.count('<th scope="row">') >= 4
    assert ">no data</td>" in page


def test_releases_and_hands_are_marked(site: Site) -> None:
    web = site.service()
    site.live(web)
    ended = timezone.now() - timedelta(minutes=10)
    made = site.deployment(web, state="succeeded", finished_at=ended)
    site.alice.browser.post(f"{PAGE}scale/", {"count": "3", "ends": "good"})
    ScalingEvent.objects.create(
        service=web, at=ended, origin="policy", before=3, after=4, counts=[3] * 13
    )

    page = site.bob.browser.get(PAGE).content.decode()

    assert page.count(f'<g class="mark release"><title>release {made.release.number}</title>') == 1
    assert page.count('<g class="mark hand"><title>1 to 3 by alice</title>') == 1
    assert page.count('<g class="mark') == 2


@pytest.mark.parametrize("span", SPANS)
def test_each_span_is_a_link_and_its_live_part_stays_in_it(site: Site, span: Span) -> None:
    web = site.service()
    site.live(web)
    tick(timezone.now() - timedelta(minutes=2), [web], WEB)

    page = site.bob.browser.get(f"{PAGE}?span={span.name}").content.decode()

    assert f'href="{PAGE}?span={span.name}#chart" aria-current="true"' in page
    asks = "live/now/?" if span is HOUR else f"live/now/?span={span.name}&amp;"
    assert f'hx-get="{PAGE}{asks}seen=' in page
    assert '<path class="demand" d="M' in page
