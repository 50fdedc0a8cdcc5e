"""The public service: the shop's page, its orders, and a check of the whole round trip."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import parse_qs

import parts
from check import check
from page import page
from serve import Environ, Reply, json_reply, serve

T = TypeVar("T")
LONGEST_BODY = 10_000
# How long a piece of work takes, in seconds: with the slots, how many a second an instance holds.
WORK_S = float(os.environ.get("WORK_S", "0.1"))


def home(environ: Environ) -> Reply:
    """The page, also while the api or the redis are away."""
    html = page(_or_none(parts.catalogue), _or_none(parts.done))
    return Reply(html.encode(), "text/html; charset=utf-8")


def order(environ: Environ) -> Reply:
    """A new order: from the page's form, back to the page; from JSON, its id as JSON."""
    size = min(int(environ.get("CONTENT_LENGTH") or 0), LONGEST_BODY)
    body = environ["wsgi.input"].read(size)
    from_json = environ.get("CONTENT_TYPE", "").startswith("application/json")
    item = _item(body, from_json)
    if not item:
        return json_reply({"error": 'An order needs an item: {"item": "mug"}'}, "400 Bad Request")
    try:
        order_id = parts.order(item)
    except parts.Away as away:
        return json_reply({"error": f"The {away} is away."}, "503 Service Unavailable")
    if from_json:
        return json_reply({"id": order_id, "item": item}, "202 Accepted")
    # Relative, so that it also holds under an address with a prefix.
    return Reply(b"", status="303 See Other", headers=(("Location", "./"),))


def orders(environ: Environ) -> Reply:
    """The orders that are done, the newest first."""
    try:
        return json_reply({"orders": parts.done()})
    except parts.Away as away:
        return json_reply({"error": f"The {away} is away."}, "503 Service Unavailable")


def round_trip(environ: Environ) -> Reply:
    """Which instances took part; 504 with what was missing where one did not in time."""
    found = check()
    return json_reply(found, "200 OK" if found["ok"] else "504 Gateway Timeout")


def task(environ: Environ) -> Reply:
    """A piece of work that takes its time and no processor: what a load is made of."""
    time.sleep(WORK_S)
    return Reply(b"done\n")


def _item(body: bytes, from_json: bool) -> str:
    """The item that is ordered; empty where the body names none."""
    try:
        if from_json:
            return str(json.loads(body)["item"])[:40]
        return parse_qs(body.decode()).get("item", [""])[0][:40]
    except (ValueError, KeyError, TypeError):
        return ""


def _or_none(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except parts.Away:
        return None


app = serve(
    {
        ("GET", "/"): home,
        ("POST", "/order"): order,
        ("GET", "/orders"): orders,
        ("GET", "/check"): round_trip,
        ("GET", "/task"): task,
    }
)
