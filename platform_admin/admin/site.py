"""The operators' site: nobody else gets in, and it has no door of its own to sign in at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRefresh

from platform_admin.admin.dashboard import drifted as dashboard_drifted
from platform_admin.admin.dashboard import nodes as dashboard_nodes
from platform_admin.admin.dashboard.page import dashboard
from platform_admin.admin.navigation import grouped
from platform_admin.admin.queues import View, queue_pages
from platform_admin.admin.unfolded import UnfoldSite
from platform_admin.models import AuditEvent
from platform_admin.pages.access import only_operators
from platform_admin.pages.render import actor_of

RECENT = 10


class OperatorSite(UnfoldSite):
    """Everything of the platform, for operators."""

    index_title = "What needs an operator"
    index_template = "admin/everything.html"

    def has_permission(self, request: HttpRequest) -> bool:
        """Operators only: a person of a team must not see other teams' rows, staff or not."""
        return actor_of(request).operator

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:  # type: ignore[override]
        """The one door of the whole platform; who is inside already learns that this is closed."""
        home = reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return redirect(home)
        if request.user.is_authenticated:
            return only_operators(request)
        return redirect_to_login(request.GET.get("next", home))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The same page as for everybody's password, so that this change is audited too."""
        return redirect("admin:auth_user_set_password", request.user.pk)

    def extra_urls(self) -> list[URLPattern | URLResolver]:
        """What the site answers beside the models' pages."""
        nodes = path("live/nodes/", self._live(dashboard_nodes.fragment), name="nodes_live")
        back = path("bring-back/", self.admin_view(dashboard_drifted.bring_back), name="bring_back")
        return [path("queues/", include(queue_pages(self))), nodes, back]

    def _live(self, view: Callable[[HttpRequest], HttpResponse]) -> View:
        """A piece of a page; where the session ended, its whole page loads again."""

        def opened(request: HttpRequest) -> HttpResponseBase:
            if request.headers.get("HX-Request") and not self.has_permission(request):
                return HttpResponseClientRefresh()
            return self.admin_view(view)(request)

        return opened

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The models by what an operator looks for, not by the app that they are written in."""
        found = super().get_app_list(request, app_label)
        return found if app_label else grouped(found)

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The first page: what needs an operator, every list, and what was done last.

        It asks Nomad for nothing: the nodes come after it, or with it where a link asks for them.
        """
        context = {
            "recent": AuditEvent.objects.select_related("team").order_by("-at")[:RECENT],
            "nodes": dashboard_nodes.nodes() if "nodes" in request.GET else None,
            **dashboard(timezone.now()),
        }
        return super().index(request, context | (extra_context or {}))


site = OperatorSite()
