"""What a page asks of the database does not grow with what it shows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.pages.site import Site


def queries(site: Site, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert site.alice.browser.get(address).status_code == 200
    return len(captured)


def live(site: Site, *names: str) -> None:
    """Services with a link, live with an instance each."""
    for name in names:
        service = site.service(name)
        set_links(site.alice.actor, service, [LinkFields("REDIS_URL", "store", "url")])
        site.live(service)


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/shop/",
        "/shop/production/",
        "/shop/production/plan/",
        "/shop/production/web/settings/",
    ],
)
def test_more_services_cost_no_more_queries(site: Site, address: str) -> None:
    site.redis()
    set_variables(site.alice.actor, site.environment, None, {"VERSION": "1"})
    live(site, "web", "first")
    queries(site, address)
    few = queries(site, address)
    live(site, "second", "third", "fourth")

    assert queries(site, address) == few
