"""The other parts of the shop, as the web service sees them: the api, the queue, what is done."""

from __future__ import annotations

import json
import os
import uuid
from typing import Any

import requests
import store
from redis import RedisError
from rq import Queue

Json = dict[str, Any]
API_TIMEOUT_S = 3

_redis = store.connect()
_queue = Queue(store.QUEUE, connection=_redis)


class Away(Exception):
    """A part that did not answer; its name is the message."""


def catalogue() -> Json:
    """The api's answer: `items`, `instance`, `version`, `served`."""
    url = os.environ["API_URL"].rstrip("/") + "/catalogue"
    try:
        response = requests.get(url, timeout=API_TIMEOUT_S)
        response.raise_for_status()
        found: Json = response.json()
    except (requests.RequestException, ValueError) as error:
        raise Away("api") from error
    return found


def order(item: str) -> str:
    """The id of a new order of that item, which stands in the queue now."""
    order_id = uuid.uuid4().hex
    try:
        _queue.enqueue("orders.pack", order_id, item, result_ttl=0)
    except RedisError as error:
        raise Away("redis") from error
    return order_id


def done() -> list[Json]:
    """The orders that a worker packed, the newest first."""
    try:
        return [json.loads(one) for one in _redis.lrange(store.DONE, 0, -1)]
    except RedisError as error:
        raise Away("redis") from error


def packed(order_id: str, within_s: float) -> Json:
    """The order, once a worker has packed it."""
    try:
        answer = _redis.blpop([store.answer(order_id)], timeout=within_s)
    except RedisError as error:
        raise Away("redis") from error
    if answer is None:
        raise Away("worker")
    found: Json = json.loads(answer[1])
    return found


def redis_run() -> str:
    """The id of the redis server's present run."""
    try:
        return str(_redis.info("server")["run_id"])
    except RedisError as error:
        raise Away("redis") from error
