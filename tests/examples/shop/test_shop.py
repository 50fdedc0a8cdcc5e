from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from rq import Queue, Worker

from tests.examples.shop.conftest import Shop
from tests.jobs.agents import until

NOBODY = "http://127.0.0.1:1/~api"


def test_the_api_says_what_is_missing_until_the_release_command_ran(shop: Shop) -> None:
    api = shop.serve("api")
    before = requests.get(f"{api}/catalogue", timeout=5)
    assert (before.status_code, "release command" in before.json()["error"]) == (503, True)
    assert shop.migrate() == 0
    assert requests.get(f"{api}/catalogue", timeout=5).status_code == 200


def test_the_release_command_may_run_twice(shop: Shop) -> None:
    assert shop.migrate() == 0
    first = shop.redis.get("shop:catalogue")
    assert shop.migrate() == 0
    assert first is not None
    assert shop.redis.get("shop:catalogue") == first


@pytest.mark.full
def test_the_api_names_itself_and_counts_for_all_instances(shop: Shop) -> None:
    shop.migrate()
    answers = [
        requests.get(f"{shop.serve('api', NOMAD_ALLOC_ID=name, VERSION='3')}/catalogue", timeout=5)
        for name in ("one", "two")
    ]
    said = [answer.json() for answer in answers]
    assert [(one["instance"], one["version"], one["served"]) for one in said] == [
        ("one", "3", 1),
        ("two", "3", 2),
    ]


def test_a_round_trip_names_every_part_and_the_version(shop: Shop) -> None:
    shop.migrate()
    shop.work("worker-1", PACK_S="0")
    api = shop.serve("api", NOMAD_ALLOC_ID="api-1")
    # A link may carry a prefix, and the slash at its end is nobody's business.
    web = shop.serve("web", NOMAD_ALLOC_ID="web-1", VERSION="7", API_URL=f"{api}/")
    answer = requests.get(f"{web}/check", timeout=20)
    said = answer.json()
    assert (answer.status_code, said["ok"], said["missing"]) == (200, True, [])
    assert (said["web"], said["api"], said["worker"]) == ("web-1", "api-1", "worker-1")
    assert said["version"] == "7"
    assert said["redis"] == shop.redis.info("server")["run_id"]


def test_a_round_trip_says_what_was_missing_in_time(shop: Shop) -> None:
    web = shop.serve("web", API_URL=NOBODY, CHECK_LIMIT_S="0.3")
    answer = requests.get(f"{web}/check", timeout=20)
    assert (answer.status_code, answer.json()["missing"]) == (504, ["api", "worker"])
    shop.redis.shutdown(nosave=True)
    answer = requests.get(f"{web}/check", timeout=20)
    assert (answer.status_code, answer.json()["missing"]) == (504, ["api", "redis"])


@pytest.mark.full
def test_the_page_shows_the_catalogue_and_what_was_packed(shop: Shop) -> None:
    shop.migrate()
    web = shop.serve("web", API_URL=shop.serve("api"), VERSION="<2>")
    ordered = requests.post(f"{web}/order", data={"item": "<mug>"}, timeout=5)
    assert (ordered.status_code, ordered.url) == (200, f"{web}/")
    assert "Nothing ordered yet" in ordered.text
    assert "Stoneware mug" in ordered.text
    assert "&lt;2&gt;" in ordered.text
    shop.work("worker-of-this-shop")
    until(lambda: requests.get(f"{web}/orders", timeout=5).json()["orders"])
    packed = requests.get(web, timeout=5).text
    assert "<b>&lt;mug&gt;</b> packed by worker <code>worker-o</code>" in packed


def test_the_page_stands_while_api_and_redis_are_away(shop: Shop) -> None:
    web = shop.serve("web", API_URL=NOBODY)
    shop.redis.shutdown(nosave=True)
    page = requests.get(web, timeout=10)
    assert page.status_code == 200
    assert "The catalogue does not answer just now" in page.text
    assert "The store of orders does not answer just now" in page.text


def test_an_order_as_json_answers_its_id(shop: Shop) -> None:
    web = shop.serve("web", API_URL=NOBODY)
    taken = requests.post(f"{web}/order", json={"item": "lamp"}, timeout=5)
    assert (taken.status_code, taken.json()["item"]) == (202, "lamp")
    assert [job.args[0] for job in Queue("orders", connection=shop.redis).jobs] == [
        taken.json()["id"]
    ]


def test_an_order_of_nothing_says_what_is_needed(shop: Shop) -> None:
    web = shop.serve("web", API_URL=NOBODY)
    for body in (b"{", b"[]", b"{}", b'{"item": ""}'):
        headers = {"Content-Type": "application/json"}
        refused = requests.post(f"{web}/order", data=body, headers=headers, timeout=5)
        assert (refused.status_code, "needs an item" in refused.text) == (400, True)
    assert Queue("orders", connection=shop.redis).is_empty()


def test_as_many_requests_as_slots_are_worked_on_and_the_others_wait(shop: Shop) -> None:
    web = shop.serve("web", API_URL=NOBODY, SLOTS="2", WORK_S="0.25")
    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        works = [pool.submit(_timed, f"{web}/task") for _ in range(8)]
        took = sorted(work.result()[1] - began for work in works)
    assert {work.result()[0] for work in works} == {200}
    # Four rounds of two: nobody was refused, and nobody was worked on beside the two.
    assert [round_ for round_ in (1, 2, 3, 4) if took[2 * round_ - 2] < 0.25 * round_] == []


def test_the_health_check_does_not_queue_behind_requests(shop: Shop) -> None:
    web = shop.serve("web", API_URL=NOBODY, SLOTS="1", WORK_S="0.3")
    with ThreadPoolExecutor(20) as pool:
        works = [pool.submit(_timed, f"{web}/task") for _ in range(20)]
        until(lambda: any(work.done() for work in works))
        assert requests.get(f"{web}/health", timeout=1).status_code == 200
        assert sum(work.done() for work in works) < 20
        assert {work.result()[0] for work in works} == {200}


@pytest.mark.full
def test_a_health_check_that_was_made_to_wait_queues_behind_requests(shop: Shop) -> None:
    web = shop.serve("web", API_URL=NOBODY, SLOTS="1", WORK_S="0.3", HEALTH_WAITS="true")
    with ThreadPoolExecutor(10) as pool:
        works = [pool.submit(_timed, f"{web}/task") for _ in range(10)]
        until(lambda: any(work.done() for work in works))
        status, ended = _timed(f"{web}/health")
        assert (status, ended > max(work.result()[1] for work in works) - 0.3) == (200, True)


def test_an_order_takes_its_own_time_and_leaves_its_mark(shop: Shop) -> None:
    queue = Queue("orders", connection=shop.redis)
    shop.work("marks", PACK_S="60")
    for order in ("one", "two", "two"):
        queue.enqueue("orders.pack", order, "mug", takes_s=0.01, marks="shop:marks:test")
    until(lambda: shop.redis.hgetall("shop:marks:test") == {b"one": b"1", b"two": b"2"})
    assert 0 < shop.redis.ttl("shop:marks:test") <= 3600


def _timed(address: str) -> tuple[int, float]:
    """The status, and when it came (seconds, monotonic)."""
    status = requests.get(address, timeout=30).status_code
    return status, time.monotonic()


def test_a_worker_bears_the_name_of_its_allocation(shop: Shop) -> None:
    shop.work("b7c1f3a2-0000-4000-8000-000000000000")
    (worker,) = Worker.all(connection=shop.redis)
    assert worker.name == "b7c1f3a2-0000-4000-8000-000000000000"
    assert worker.queue_names() == ["orders"]


def test_a_worker_that_was_killed_comes_back_under_its_name(shop: Shop) -> None:
    first = shop.work("again")
    first.kill()
    first.wait()
    shop.work("again", PACK_S="0")
    assert [worker.name for worker in Worker.all(connection=shop.redis)] == ["again"]


def test_a_worker_that_is_told_to_stop_finishes_the_order_at_hand(shop: Shop) -> None:
    queue = Queue("orders", connection=shop.redis)
    worker = shop.work("warm", PACK_S="1")
    queue.enqueue("orders.pack", "first", "mug")
    queue.enqueue("orders.pack", "second", "mug")
    until(lambda: [one.get_state() for one in Worker.all(connection=shop.redis)] == ["busy"])
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=10) == 0
    assert [shop.redis.exists(f"shop:answer:{one}") for one in ("first", "second")] == [1, 0]
    assert queue.count == 1
    assert Worker.all(connection=shop.redis) == []
