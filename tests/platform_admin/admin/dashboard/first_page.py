"""The operators' first page as tests read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

from django.utils import timezone

from platform_admin.models import ScalingPolicy, Service
from tests.platform_admin.pages.measuring import WEB, tick
from tests.platform_admin.pages.site import Site

PAGE = "/admin/"
NODES = "/admin/live/nodes/"


def read(html: str) -> str:
    """What a person reads of it, in one line."""
    words = " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
    return re.sub(r" ([.,])", r"\1", words)


def shown(site: Site) -> str:
    """The page as its operator reads it."""
    return read(site.olga.browser.get(PAGE).content.decode())


def html_of(site: Site, name: str, address: str = PAGE) -> str:
    """One part of the page."""
    html = site.olga.browser.get(address).content.decode()
    found = re.search(rf'<section id="{name}".*?</section>', html, re.DOTALL)
    assert found is not None
    return found.group()


def part(site: Site, name: str, address: str = PAGE) -> str:
    """One part of the page as its operator reads it."""
    return read(html_of(site, name, address))


def grown(site: Site, counts: Sequence[int], name: str = "web", **policy: object) -> Service:
    """A live service whose newest decision had these counts."""
    service = site.service(name)
    site.live(service)
    ScalingPolicy.objects.filter(service=service).update(**({"mode": "on"} | policy))
    tick(timezone.now(), [service], WEB, counts)
    return service
