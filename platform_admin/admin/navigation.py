"""What stands beside what: the one table of the first page and of the side bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps as installed
from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True)
class Group:
    """A heading and its models, each with the name of its icon."""

    title: str
    models: tuple[tuple[str, str], ...]


GROUPS = (
    Group(
        "Teams",
        (("Team", "groups"), ("Membership", "badge"), ("Quota", "speed"), ("User", "person")),
    ),
    Group(
        "Draft",
        (
            ("App", "apps"),
            ("Environment", "layers"),
            ("Service", "deployed_code"),
            ("Resource", "database"),
            ("Domain", "language"),
            ("Link", "link"),
            ("Variable", "key"),
            ("Artifact", "folder_zip"),
        ),
    ),
    Group(
        "Delivery",
        (
            ("Release", "inventory_2"),
            ("Deployment", "rocket_launch"),
            ("Rollout", "swap_horiz"),
            ("Colour", "contrast"),
        ),
    ),
    Group(
        "Running",
        (
            ("Instance", "memory"),
            ("ScalingPolicy", "tune"),
            ("ScalingEvent", "trending_up"),
            ("ServiceLimits", "straighten"),
            ("Reservation", "event_seat"),
            ("Cell", "hub"),
        ),
    ),
    Group("Record", (("AuditEvent", "history"),)),
)
ELSEWHERE = (
    ("Queues", "reorder", "admin:django_rq_home"),
    ("Status", "monitor_heart", "status"),
    ("Your apps", "arrow_back", "home"),
)
APPS = {"User": "auth"}


def grouped(apps: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The site's models under our headings, in our order."""
    known = {model["object_name"]: model for app in apps for model in app["models"]}
    return [
        {
            "name": group.title,
            "app_label": group.title.lower(),
            "app_url": reverse("admin:index"),
            "has_module_perms": True,
            "models": [known[name] for name, _ in group.models if name in known],
        }
        for group in GROUPS
    ]


def side_bar(request: HttpRequest) -> list[dict[str, Any]]:
    """The side bar, as the theme takes it."""
    items = {group.title: [_item(*model) for model in group.models] for group in GROUPS}
    items[GROUPS[-1].title] += [
        _away(title, icon, reverse(view), request) for title, icon, view in ELSEWHERE
    ]
    return [{"title": title, "items": found} for title, found in items.items()]


def _away(title: str, icon: str, link: str, request: HttpRequest) -> dict[str, Any]:
    """A page that is no list; the theme would take every address to begin with the home's."""
    here = link.startswith("/admin/") and request.path.startswith(link)
    return {"title": title, "icon": icon, "link": link, "active": here}


def _item(name: str, icon: str) -> dict[str, Any]:

    app = APPS.get(name, "platform_admin")
    model = installed.get_model(app, name)
    title = str(model._meta.verbose_name_plural).capitalize()
    link = reverse(f"admin:{app}_{name.lower()}_changelist")
    return {"title": title, "icon": icon, "link": link}
