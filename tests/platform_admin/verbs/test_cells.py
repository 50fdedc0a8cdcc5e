from __future__ import annotations

import pytest

from platform_admin.models import AuditEvent
from platform_admin.verbs.cells import choose_link_form
from platform_admin.verbs.errors import Denied, Invalid
from tests.platform_admin.verbs.world import World


def test_an_operator_chooses_how_links_are_written(world: World) -> None:
    choose_link_form(world.olga, world.cell, "dns")

    world.cell.refresh_from_db()
    assert world.cell.link_form == "dns"
    event = AuditEvent.objects.order_by("-pk")[0]
    assert (event.verb, event.before, event.after) == (
        "choose link form",
        {"link_form": "path"},
        {"link_form": "dns"},
    )


def test_the_same_form_again_is_not_audited(world: World) -> None:
    before = AuditEvent.objects.count()

    choose_link_form(world.olga, world.cell, "path")

    assert AuditEvent.objects.count() == before


def test_another_word_is_no_form(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        choose_link_form(world.olga, world.cell, "magic")

    assert refused.value.errors == {
        "link_form": ["'magic' is no form of links: choose path or dns."]
    }


def test_an_owner_of_a_team_does_not_choose(world: World) -> None:
    with pytest.raises(Denied):
        choose_link_form(world.dana, world.cell, "dns")
