"""What the person who looks may do, for what a page offers: nothing that is then refused."""

from __future__ import annotations

from typing import Any

from django import template

from platform_admin.models import Team
from platform_admin.pages.render import actor_of
from platform_admin.verbs import scope

register = template.Library()


@register.simple_tag(takes_context=True)
def rights(context: dict[str, Any], team: Team) -> frozenset[str]:
    """The permissions that the person who asked for this page has in the team."""
    return scope.permissions(actor_of(context["request"]), team)
