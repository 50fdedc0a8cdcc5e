"""The queues' own pages, behind the operators' permission: theirs asks only for staff."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django_rq.stats_views import prometheus_metrics, stats_json
from django_rq.urls import get_admin_urlpatterns

View = Callable[..., HttpResponseBase]


def queue_pages(site: admin.AdminSite) -> list[URLPattern]:
    """The addresses of the queues' pages; none of them opens for a token."""

    def guarded(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.current_app = site.name
            return site.admin_view(view)(request, *args, **kwargs)

        return opened

    # They ask the default site for what stands around them: the side bar, and who may see it.
    admin.site = site
    return [
        path("stats.json", guarded(stats_json), name="django_rq_home_json"),
        path("metrics", guarded(prometheus_metrics), name="django_rq_metrics"),
        *get_admin_urlpatterns("django_rq_", guarded),
    ]
