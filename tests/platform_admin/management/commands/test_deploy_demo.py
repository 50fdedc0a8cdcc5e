from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from platform_admin.demo.people import people
from platform_admin.management.commands import deploy_demo
from platform_admin.models import Cell, Deployment, DeploymentStep

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture(autouse=True)
def seeded(tmp_path: Path, settings: Settings) -> None:
    settings.MUSTER_STATE = tmp_path
    settings.MUSTER_DRIVERS = ["raw_exec"]
    people()


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """What the other processes do while the command sleeps."""

    def during(work: Callable[[], object]) -> None:
        monkeypatch.setattr("time.sleep", lambda _: work())

    return during


def found_edge() -> None:
    Cell.objects.update(web_address="127.0.0.1:8005", private_address="127.0.0.1:8006")


def end(state: str, **changes: str) -> None:
    """The observer finds the edge, then the deployment does a step and ends."""
    found_edge()
    for deployment in Deployment.objects.all():
        DeploymentStep.objects.get_or_create(
            deployment=deployment,
            name="Provide cache",
            defaults={"state": "done", "started_at": AT, "finished_at": AT + timedelta(seconds=2)},
        )
    Deployment.objects.update(state=state, **changes)


def run() -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("deploy_demo", stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_it_shows_the_steps_and_ends_with_the_address(
    meanwhile: Callable[[Callable[[], object]], None],
) -> None:
    meanwhile(lambda: end("succeeded"))
    out, err = run()

    assert "http://shop-production-web.localhost:8005" in out
    assert "http://127.0.0.1:8006/~shop-production-web/" in out
    assert err.count("Provide cache") == 1
    assert "done" in err
    assert "2.0 s" in err


def test_a_shop_that_was_live_is_not_deployed_again(
    meanwhile: Callable[[Callable[[], object]], None],
) -> None:
    meanwhile(lambda: end("succeeded"))
    first, _ = run()
    second, steps = run()

    assert (first, steps) == (second, "")
    assert Deployment.objects.count() == 1


def test_a_failure_says_why_and_shows_the_proof(
    meanwhile: Callable[[Callable[[], object]], None],
) -> None:
    meanwhile(lambda: end("failed", reason="api never got healthy.", proof="Traceback: boom"))

    with pytest.raises(CommandError, match=r"not live: api never got healthy\.\nTraceback: boom"):
        run()


def test_one_that_failed_is_tried_again_at_the_next_start(
    meanwhile: Callable[[Callable[[], object]], None],
) -> None:
    meanwhile(lambda: end("failed"))
    with pytest.raises(CommandError):
        run()
    meanwhile(lambda: end("succeeded"))
    run()

    assert Deployment.objects.count() == 2


def test_it_gives_up_after_its_limit_and_says_where_it_stands(
    meanwhile: Callable[[Callable[[], object]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(found_edge)
    monkeypatch.setattr(deploy_demo, "LIMIT", timedelta(seconds=0.5))

    with pytest.raises(CommandError, match="still queued"):
        run()


def test_without_an_edge_it_says_so(
    meanwhile: Callable[[Callable[[], object]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(lambda: Cell.objects.update(observation_error="Consul refused"))
    monkeypatch.setattr(deploy_demo, "LIMIT", timedelta(seconds=0.1))

    with pytest.raises(CommandError, match=r"no edge was found .*\(Consul refused\)"):
        run()
