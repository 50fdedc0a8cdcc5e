from __future__ import annotations

import pytest

from jobs.deploy.turns import ordered, shift_order
from jobs.document import Document, LinkDoc, ServiceDoc
from platform_admin.models import Rollout, Service


def calls(name: str, *targets: str, kind: str = "web") -> ServiceDoc:
    links = tuple(LinkDoc(target.upper(), target, "url") for target in targets)
    return ServiceDoc(name, kind, links=links)


@pytest.mark.parametrize(
    ("services", "order"),
    [
        pytest.param([calls("b"), calls("a")], ["a", "b"], id="by name where nobody calls"),
        pytest.param([calls("a", "b"), calls("b")], ["b", "a"], id="callees first"),
        pytest.param(
            [calls("a", "b"), calls("b", "c"), calls("c")], ["c", "b", "a"], id="along a chain"
        ),
        pytest.param(
            [calls("a"), calls("z", "a", kind="worker")], ["z", "a"], id="workers before all"
        ),
        pytest.param([calls("a", "cache"), calls("b")], ["a", "b"], id="a resource is no service"),
        pytest.param([calls("a", "a"), calls("b")], ["a", "b"], id="itself is nobody"),
        pytest.param(
            [calls("b", "a"), calls("a", "b"), calls("z", kind="worker")],
            ["z", "a", "b"],
            id="a circle by name",
        ),
    ],
)
def test_services_shift_after_those_that_they_call(
    services: list[ServiceDoc], order: list[str]
) -> None:
    assert shift_order(Document("shop", "production", tuple(services))) == order


def test_only_the_services_of_the_deployment_are_in_the_turns() -> None:
    document = Document("shop", "production", (calls("a", "b"), calls("b"), calls("c")))
    rollouts = [Rollout(service=Service(name=name)) for name in ("a", "b")]
    assert [row.service.name for row in ordered(document, rollouts)] == ["b", "a"]
