"""The scaling form and a tick at the same moment, on a real Postgres."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest
from django.db import connections

from platform_admin.forms.policy import PolicyForm
from platform_admin.models import Service
from platform_admin.pages import scaling as page
from platform_admin.verbs import policies, scaling
from platform_admin.verbs.policies import policy_fields
from tests.platform_admin.verbs.decisions import decision, follow
from tests.platform_admin.verbs.world import make_world
from tests.scaler.loop.scene import START

pytestmark = pytest.mark.django_db(transaction=True)


def test_saving_while_a_tick_writes_ends_in_no_deadlock(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world()
    follow(world.service("web", maximum=9))
    web = Service.objects.select_related("environment__app__team", "policy").get()
    made, team = decision(web, 3), world.team.pk
    form_waits, tick_waits = Event(), Event()
    unmoved, locked = scaling._unmoved, policies._locked

    def between_quota_and_service(*args: object) -> object:
        tick_waits.set()
        form_waits.wait(2)
        return unmoved(*args)  # type: ignore[arg-type]

    def after_the_policy(*args: object) -> object:
        found = locked(*args)  # type: ignore[arg-type]
        form_waits.set()
        tick_waits.wait(2)
        return found

    monkeypatch.setattr(scaling, "_unmoved", between_quota_and_service)
    monkeypatch.setattr(policies, "_locked", after_the_policy)
    form = PolicyForm(kind="web")
    form.cleaned_data = {"minimum": 1, "maximum": 8}

    def save() -> None:
        try:
            fields = replace(policy_fields(web.policy), tolerance=0.2)
            page._saved(world.dana, web, fields, form)
        finally:
            connections.close_all()

    def tick() -> None:
        try:
            scaling.scale({team: [made]}, START)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(save), pool.submit(tick)]:
            each.result(30)
    assert (Service.objects.get().maximum, Service.objects.get().desired) in {(8, 1), (8, 3)}
