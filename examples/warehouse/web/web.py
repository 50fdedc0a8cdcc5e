"""The public service: what the site asks, and a way through every link."""

from __future__ import annotations

import json
import os

import ledger
import parcels
from ask import ask
from links import links, queue
from seal import sealed
from serve import Reply, serve

INSTANCE = os.environ.get("NOMAD_ALLOC_ID", "")
SITE_URL = os.environ["SITE_URL"]


def home(rest: str, body: bytes) -> Reply:
    """The way to the site."""
    return Reply("The page is at the site.", 303, {"Location": SITE_URL + "/"})


def about(rest: str, body: bytes) -> Reply:
    """What the variables of app, environment and service say, and who answered."""
    names = ("COMPANY", "REGION", "TITLE")
    return Reply({name.lower(): os.environ[name] for name in names} | {"instance": INSTANCE})


def shelves(rest: str, body: bytes) -> Reply:
    """What the stock has."""
    return Reply(ask(os.environ["STOCK_URL"], "/shelves"))


def order(rest: str, body: bytes) -> Reply:
    """The label of a parcel that was packed at once; 202 with its id where that takes longer."""
    try:
        item = str(json.loads(body)["item"])[:40]
    except (ValueError, KeyError, TypeError):
        return Reply({"error": 'A parcel needs an item: {"item": "rope"}'}, 400)
    asked = parcels.new(item)
    parcels.put(queue(), asked)
    label = parcels.label(queue(), asked["id"], parcels.LONGEST_WAIT_S)
    return Reply(label or asked, 200 if label else 202)


def parcel(parcel_id: str, body: bytes) -> Reply:
    """A packed parcel's label, and whether its seal is right; 404 where there is none."""
    label = parcels.label(queue(), parcel_id)
    if label is None:
        return Reply({"error": "There is no such parcel, or it is not packed yet."}, 404)
    return Reply({**label, "genuine": label["seal"] == sealed(label["track"])})


def office(rest: str, body: bytes) -> Reply:
    """Who holds the foreman's row, and what the books wrote last."""
    with ledger.opened() as book:
        found = {"foreman": ledger.heartbeat(book), "books": ledger.newest_run(book)}
    return Reply(json.loads(json.dumps(found, default=str)))


def all_links(rest: str, body: bytes) -> Reply:
    """What came of every link; 503 where somebody did not answer."""
    found = links()
    return Reply(found, 200 if found["ok"] else 503)


ROUTES = {
    ("GET", "/"): home,
    ("GET", "/about"): about,
    ("GET", "/shelves"): shelves,
    ("POST", "/parcels"): order,
    ("GET", "/parcels/"): parcel,
    ("GET", "/office"): office,
    ("GET", "/links"): all_links,
}

if __name__ == "__main__":
    # The site's scripts may read what this answers, and nobody else's.
    serve(ROUTES, {"Access-Control-Allow-Origin": SITE_URL, "Vary": "Origin"})
