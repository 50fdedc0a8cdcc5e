from __future__ import annotations

import re
from pathlib import Path

import pytest

from local.cluster.edge.metrics import Labels, Metrics

RECORDING = Path(__file__).parents[2] / "data/recordings/traefik-3.7.9-metrics.txt"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SERVICE = Labels("service", "a@consulcatalog", 200, "GET", "http")
NOT_COUNTED = {
    "traefik_config_reloads_total": "the API shows what is loaded",
}


def sample(text: str, start: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(start)]


def shape(line: str) -> tuple[str, ...]:
    """A sample's name and the names of its labels, in order."""
    name, labels, _ = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line).groups()  # type: ignore[union-attr]
    return name, *re.findall(r'(\w+)="[^"]*"', labels or "")


def counted() -> Metrics:
    metrics = Metrics(BUCKETS)
    metrics.count(SERVICE, 0.03, 10, 200)
    metrics.count(SERVICE, 0.3, 0, 100)
    metrics.count(Labels("entrypoint", "web", 404, "GET", "http"), 0.001, 0, 19)
    metrics.opened("web", 1)
    return metrics


def test_every_recorded_series_has_the_same_name_and_labels() -> None:
    lines = [line for line in RECORDING.read_text().splitlines() if not line.startswith("#")]
    found = {shape(line) for line in counted().text({SERVICE.name}).splitlines() if line[0] != "#"}
    assert {shape(line) for line in lines if shape(line)[0] not in NOT_COUNTED} == found


def test_every_recorded_family_has_the_same_type() -> None:
    types = {line for line in RECORDING.read_text().splitlines() if line.startswith("# TYPE")}
    types = {line for line in types if line.split()[2] not in NOT_COUNTED}
    assert types == set(sample(counted().text(()), "# TYPE"))


def test_buckets_are_cumulative_and_end_with_all() -> None:
    lines = sample(counted().text(()), "traefik_service_request_duration_seconds_bucket")
    assert [int(line.rpartition(" ")[2]) for line in lines] == [0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2]
    assert re.findall(r'le="([^"]*)"', "".join(lines)) == [f"{b:g}" for b in BUCKETS] + ["+Inf"]


def test_a_duration_on_the_edge_of_a_bucket_is_inside() -> None:
    metrics = Metrics((0.1, 1))
    metrics.count(SERVICE, 0.1, 0, 0)
    assert (
        sample(metrics.text(()), "traefik_service_request_duration_seconds_bucket")[0][-2:] == " 1"
    )


def test_sums_and_sizes_are_totals() -> None:
    text = counted().text(())
    ends = ("duration_seconds_sum", "duration_seconds_count", "s_bytes_total", "s_total")
    found = {
        line.partition("{")[0]: line.rpartition(" ")[2] for line in sample(text, "traefik_service")
    }
    assert float(found[f"traefik_service_request_{ends[0]}"]) == pytest.approx(0.33)
    assert found[f"traefik_service_request_{ends[1]}"] == "2"
    assert found["traefik_service_requests_bytes_total"] == "10"
    assert found["traefik_service_responses_bytes_total"] == "300"
    assert found["traefik_service_requests_total"] == "2"


def test_a_service_that_is_gone_is_shown_once_more_and_begins_anew() -> None:
    metrics = counted()
    assert sample(metrics.text(()), "traefik_service")
    assert not sample(metrics.text(()), "traefik_service")
    metrics.count(SERVICE, 0.1, 0, 0)
    line = sample(metrics.text({SERVICE.name}), "traefik_service_requests_total")[0]
    assert line.endswith(" 1")
    assert sample(metrics.text({SERVICE.name}), "traefik_service_requests_total") == [line]


def test_an_edge_that_nobody_asked_yet_says_when_it_was_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    metrics = Metrics()
    monkeypatch.setattr("time.time", lambda: 1795219903.4)
    metrics.loaded()
    assert "traefik_config_last_reload_success 1795219903" in metrics.text(()).splitlines()


def test_open_connections_go_up_and_down() -> None:
    metrics = counted()
    metrics.opened("web", -1)
    line = 'traefik_open_connections{entrypoint="web",protocol="TCP"} 0'
    assert line in metrics.text(())


def test_an_unknown_method_does_not_make_series_of_its_own() -> None:
    metrics = Metrics()
    for method in ("BREW", "STEEP"):
        metrics.count(Labels("service", "a", 200, method, "http"), 0.1, 0, 0)
    lines = sample(metrics.text(("a",)), "traefik_service_requests_total")
    labels = 'code="200",method="EXTENSION_METHOD",protocol="http",service="a"'
    assert lines == [f"traefik_service_requests_total{{{labels}}} 2"]


def test_routers_are_counted_with_what_they_lead_to_until_they_are_gone() -> None:
    metrics, page = counted(), "traefik_router_requests_total"
    assert page not in metrics.text(())
    metrics.count(Labels("router", "r@consul", 429, "GET", "http", "a@consul"), 0.001, 0, 26)
    labels = 'code="429",method="GET",protocol="http",router="r@consul",service="a@consul"'
    assert sample(metrics.text((), {"r@consul"}), page) == [f"{page}{{{labels}}} 1"]
    assert sample(metrics.text(()), page)
    assert not sample(metrics.text(()), page)
