from __future__ import annotations

import pytest

from platform_admin.models import Instance, ScalingPolicy, Service
from tests.platform_admin.pages.site import Site

PAGE = "/shop/production/web/"


@pytest.mark.parametrize(
    ("kind", "policy", "said"),
    [
        ("web", {}, "0 instances are wanted, on release 1; at its minimum of 0, and the first req"),
        ("web", {"latency_ms": None}, "no request wakes it: that takes a latency target."),
        (
            "web",
            {"latency_ms": None, "metric": "rate", "metric_target": 5},
            "at its minimum of 0, and the first request wakes it.",
        ),
        ("worker", {"queue": "mail"}, "at its minimum of 0, and the first job in mail wakes it."),
        ("worker", {}, "no job wakes it: its scaling names no queue."),
    ],
)
def test_one_that_scaling_brought_to_0_is_asleep_and_says_what_wakes_it(
    site: Site, kind: str, policy: dict[str, object], said: str
) -> None:
    web = site.service(kind=kind, port=8080 if kind == "web" else None, minimum=0)
    site.live(web)
    web.instances.all().delete()
    Service.objects.update(desired=0)
    ScalingPolicy.objects.update(mode="on", **policy)

    page = site.bob.browser.get(PAGE).content.decode()

    assert "<span>Asleep.</span>" in page
    assert said in page
    assert "<span>asleep</span>" in site.bob.browser.get("/shop/production/").content.decode()


@pytest.mark.parametrize("policy", [{"mode": "off"}, {"mode": "on", "paused": True}])
def test_one_that_a_person_brought_to_0_is_off(site: Site, policy: dict[str, object]) -> None:
    site.live(site.service(minimum=0))
    Service.objects.update(desired=0)
    ScalingPolicy.objects.update(**policy)

    assert "<span>Off.</span>" in site.bob.browser.get(PAGE).content.decode()


def test_one_that_only_shrinks_is_draining_and_not_starting(site: Site) -> None:
    site.live(site.service())
    Service.objects.update(desired=0)
    Instance.objects.update(draining=True)

    page = site.bob.browser.get(PAGE).content.decode()
    environment = site.bob.browser.get("/shop/production/").content.decode()

    assert "<span>Draining.</span> 0 instances are wanted, 1 draining; release 1" in " ".join(
        page.replace("</span></span>", "</span>").split()
    )
    assert "web: the last instances are draining." in environment
    assert "Starting" not in page + environment
