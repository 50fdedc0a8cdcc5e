"""Writing a tree: whole, never from an older rollout, and taken up again after a crash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

import pytest

from jobs.consul import Consul, Operation
from jobs.edge import common_tree, tree, version, withdraw, write, written
from jobs.errors import Conflict, Refused, Unavailable
from tests.jobs.edge.cases import Case

URL = "http://127.0.0.1:8000"
_apps = map("app{}".format, count())
REST = Case("", {}, live="blue")
SHARING = Case("", {}, live="blue", new="green", other="green", share=0.2)
WHOLE = Case("", {}, live="blue", new="green", other="green", share=1.0)


@dataclass
class Spot:
    """A service's keys in a Consul."""

    consul: Consul
    app: str = field(default_factory=lambda: next(_apps))

    @property
    def slug(self) -> str:
        return f"{self.app}-prod-web"

    def tree(self, case: Case) -> dict[str, str]:
        return tree(case.routes(app=self.app), muster_url=URL)

    def keys(self) -> dict[str, str]:
        found = self.consul.tree("traefik/")
        return {key: each.value for key, each in found.items() if f"/{self.slug}--" in key}


@pytest.fixture
def spot(consul: Consul) -> Spot:
    """A service of which nothing was ever written."""
    return Spot(consul)


class Meddled(Consul):
    """A client whose transactions something happens before, or after."""

    def __init__(
        self,
        inner: Consul,
        before: Callable[[int], None] = lambda _: None,
        after: Callable[[int], None] = lambda _: None,
    ) -> None:
        super().__init__(inner._door)
        self.before, self.after, self.sent = before, after, 0

    def transact(self, operations: Sequence[Operation]) -> None:
        self.before(self.sent)
        super().transact(operations)
        self.sent += 1
        self.after(self.sent - 1)


def test_the_keys_are_what_was_wanted_and_the_version_with_them(spot: Spot) -> None:
    assert write(spot.consul, spot.slug, spot.tree(SHARING), 3)
    assert spot.keys() == spot.tree(SHARING)
    assert version(spot.consul, spot.slug) == 3


def test_what_all_services_share_is_written_with_the_first_one(spot: Spot) -> None:
    spot.consul.transact([Operation("delete", key) for key in common_tree()])
    write(spot.consul, spot.slug, spot.tree(REST), 1)
    shared = spot.consul.tree("traefik/http/middlewares/muster-")
    assert {key: each.value for key, each in shared.items()} == common_tree()


def test_what_is_too_many_goes(spot: Spot) -> None:
    write(spot.consul, spot.slug, spot.tree(SHARING), 1)
    write(spot.consul, spot.slug, spot.tree(WHOLE), 2)
    assert spot.keys() == spot.tree(WHOLE)


def test_a_service_goes_as_a_whole_and_leaves_others_alone(spot: Spot, consul: Consul) -> None:
    # A slug that begins like the other one, which a plain prefix would take along.
    longer = Spot(consul, spot.app)
    other = tree(
        REST.routes(app=spot.app).__class__(
            **{**vars(REST.routes(app=spot.app)), "slug": f"{spot.slug}2", "service": "web2"}
        ),
        muster_url=URL,
    )
    write(consul, f"{spot.slug}2", other, 1)
    write(consul, spot.slug, spot.tree(REST), 1)
    assert write(consul, spot.slug, {}, 2)
    assert longer.keys() == {}
    left = {key: each.value for key, each in consul.tree("traefik/").items()}
    assert other.items() <= left.items()


def test_nothing_to_write_is_a_result(spot: Spot) -> None:
    write(spot.consul, spot.slug, spot.tree(REST), 1)
    assert not write(spot.consul, spot.slug, spot.tree(REST), 1)


def test_the_version_goes_up_even_where_no_key_differs(spot: Spot) -> None:
    write(spot.consul, spot.slug, spot.tree(REST), 1)
    assert write(spot.consul, spot.slug, spot.tree(REST), 5)
    assert version(spot.consul, spot.slug) == 5


def test_an_older_rollout_writes_nothing(spot: Spot) -> None:
    write(spot.consul, spot.slug, spot.tree(WHOLE), 5)
    with pytest.raises(Conflict, match="newer than 4"):
        write(spot.consul, spot.slug, spot.tree(SHARING), 4)
    assert spot.keys() == spot.tree(WHOLE)
    assert version(spot.consul, spot.slug) == 5


def test_one_who_reads_before_a_newer_one_writes_fails(spot: Spot) -> None:
    write(spot.consul, spot.slug, spot.tree(REST), 1)

    def overtake(_: int) -> None:
        write(spot.consul, spot.slug, spot.tree(WHOLE), 3)

    with pytest.raises(Conflict):
        write(Meddled(spot.consul, overtake), spot.slug, spot.tree(SHARING), 2)
    assert spot.keys() == spot.tree(WHOLE)
    assert version(spot.consul, spot.slug) == 3


def test_a_repair_that_is_overtaken_fails_too(spot: Spot) -> None:
    write(spot.consul, spot.slug, spot.tree(REST), 1)
    spot.consul.transact([Operation("delete", next(iter(spot.keys())))])

    def overtake(_: int) -> None:
        write(spot.consul, spot.slug, spot.tree(WHOLE), 2)

    with pytest.raises(Conflict):
        write(Meddled(spot.consul, overtake), spot.slug, spot.tree(REST), 1)
    assert spot.keys() == spot.tree(WHOLE)


def test_one_who_is_overtaken_between_two_transactions_stops(spot: Spot) -> None:
    def overtake(sent: int) -> None:
        if sent == 0:
            write(spot.consul, spot.slug, spot.tree(WHOLE), 2)

    slow = Meddled(spot.consul, after=overtake)
    with pytest.raises(Conflict):
        write(slow, spot.slug, spot.tree(SHARING), 1)
    assert slow.sent == 1
    assert spot.keys() == spot.tree(WHOLE)
    assert version(spot.consul, spot.slug) == 2


@pytest.mark.parametrize("dies_after", [0, 1])
def test_one_who_dies_between_is_finished_by_the_next(spot: Spot, dies_after: int) -> None:
    def die(sent: int) -> None:
        if sent == dies_after:
            raise Unavailable("killed", server="consul")

    with pytest.raises(Unavailable):
        write(Meddled(spot.consul, after=die), spot.slug, spot.tree(SHARING), 1)
    assert version(spot.consul, spot.slug) == 1
    write(spot.consul, spot.slug, spot.tree(SHARING), 1)
    assert spot.keys() == spot.tree(SHARING)


def test_what_somebody_changed_by_hand_is_put_back(spot: Spot) -> None:
    write(spot.consul, spot.slug, spot.tree(REST), 1)
    key = f"traefik/http/routers/{spot.slug}--live/priority"
    left_over = f"traefik/http/routers/{spot.slug}--old/rule"
    spot.consul.transact([Operation("set", key, value="1"), Operation("set", left_over, value="x")])
    assert write(spot.consul, spot.slug, spot.tree(REST), 1)
    assert spot.keys() == spot.tree(REST)


def test_a_version_that_is_none_is_told_to_the_operator(spot: Spot) -> None:
    spot.consul.transact([Operation("set", f"muster/rollouts/{spot.slug}", value="x")])
    with pytest.raises(Refused, match="delete the key"):
        write(spot.consul, spot.slug, spot.tree(REST), 1)


def test_no_version_stands_where_nothing_was_written(spot: Spot) -> None:
    assert version(spot.consul, spot.slug) is None


def test_a_tree_is_written_when_all_of_it_stands_at_its_version(spot: Spot) -> None:
    wanted = spot.tree(REST)
    assert not written(spot.consul, spot.slug, wanted, 2)
    write(spot.consul, spot.slug, wanted, 2)
    assert written(spot.consul, spot.slug, wanted, 2)
    assert not written(spot.consul, spot.slug, wanted, 1)
    assert not written(spot.consul, spot.slug, wanted, 3)
    assert not written(spot.consul, spot.slug, spot.tree(SHARING), 2)
    spot.consul.transact([Operation("delete", next(iter(spot.keys())))])
    assert not written(spot.consul, spot.slug, wanted, 2)


def test_a_tree_without_what_all_services_share_is_not_written(spot: Spot) -> None:
    wanted = spot.tree(REST)
    write(spot.consul, spot.slug, wanted, 1)
    spot.consul.transact([Operation("delete", key) for key in common_tree()])
    assert not written(spot.consul, spot.slug, wanted, 1)


def test_what_is_withdrawn_leaves_no_key_and_begins_at_its_first_version_again(spot: Spot) -> None:
    write(spot.consul, spot.slug, spot.tree(REST), 57)

    assert withdraw(spot.consul, spot.slug)

    assert spot.keys() == {}
    assert version(spot.consul, spot.slug) is None
    assert not withdraw(spot.consul, spot.slug)
    assert write(spot.consul, spot.slug, spot.tree(REST), 1)


def test_a_writer_that_is_late_puts_nothing_of_what_was_withdrawn_back(spot: Spot) -> None:
    write(spot.consul, spot.slug, spot.tree(REST), 3)

    def meddle(_: int) -> None:
        withdraw(spot.consul, spot.slug)

    with pytest.raises(Conflict):
        write(Meddled(spot.consul, before=meddle), spot.slug, spot.tree(SHARING), 4)
    assert spot.keys() == {}
    assert version(spot.consul, spot.slug) is None


def test_a_withdrawal_that_was_cut_off_is_finished_by_the_next(spot: Spot) -> None:
    write(spot.consul, spot.slug, spot.tree(REST), 3)
    write(spot.consul, spot.slug, {}, 3)

    assert withdraw(spot.consul, spot.slug)
    assert version(spot.consul, spot.slug) is None
