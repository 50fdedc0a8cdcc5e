"""Whether this process can work: for load balancers and the launcher."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from redis.exceptions import RedisError

from platform_admin.pages import briefly


def health(request: HttpRequest) -> HttpResponse:
    """200 and "ok", or 503 and the part that does not answer. Open to everyone, says no more."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        briefly.connection().ping()
    except DatabaseError:
        return _unhealthy("the database does not answer")
    except RedisError:
        return _unhealthy("the queue does not answer")
    return HttpResponse("ok\n", content_type="text/plain")


def _unhealthy(reason: str) -> HttpResponse:
    return HttpResponse(f"{reason}\n", content_type="text/plain", status=503)
