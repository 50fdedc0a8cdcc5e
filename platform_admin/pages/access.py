"""Who may open what: every view names its permission by one of these; the default is no.

A view of an object gets the object, found among what exists for the person: what belongs to
another team does not exist for them (404). What a verb refuses becomes a page in words.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.http import HttpResponseClientRefresh

from platform_admin.models import App, Domain, Environment, Resource, Service, Team
from platform_admin.pages.render import actor_of, page
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Denied, Going, Unknown

P = ParamSpec("P")
M = TypeVar("M", bound=Model)
Door = Callable[..., HttpResponseBase]
ANYONE = "anyone"
SIGNED_IN = "signed in"
OPERATORS = "operators"


def anyone(view: Door) -> Door:
    """The view, open without a session; its docstring says why."""
    return _named(view, ANYONE)


def signed_in(view: Callable[Concatenate[HttpRequest, P], HttpResponseBase]) -> Door:
    """The view, open to every signed-in person: it shows only what exists for them."""

    @wraps(view)
    def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return _guarded(request, lambda _: view(request, *args, **kwargs))

    return _named(door, SIGNED_IN)


def operators(view: Callable[Concatenate[HttpRequest, P], HttpResponseBase]) -> Door:
    """The view, open to operators: what it shows is of no team."""

    @wraps(view)
    def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        def opened(actor: Actor) -> HttpResponseBase:
            if not actor.operator:
                return only_operators(request)
            return view(request, *args, **kwargs)

        return _guarded(request, opened)

    return _named(door, OPERATORS)


def only_operators(request: HttpRequest) -> HttpResponseBase:
    """A page that says to somebody signed in that this is closed: 403, a line in the log."""
    context = {"reason": "Only operators may enter here.", "operators": True}
    return page(request, "errors/denied.html", context, title="Not allowed", status=403)


def of_team(permission: Permission) -> Callable[..., Door]:
    """The view gets the team of the address, and needs the permission in it."""
    return _of(permission, _team, lambda team: team, ("team",))


def of_app(permission: Permission) -> Callable[..., Door]:
    """The view gets the app of the address, and needs the permission in its team."""
    return _of(permission, _app, lambda app: app.team, ("app",))


def of_environment(permission: Permission) -> Callable[..., Door]:
    """The view gets the environment of the address, and needs the permission in its team."""
    return _of(permission, _environment, lambda found: found.app.team, ("app", "env"))


def of_service(permission: Permission) -> Callable[..., Door]:
    """The view gets the service of the address, and needs the permission in its team."""
    return _of(
        permission,
        _service,
        lambda found: found.environment.app.team,
        ("app", "env", "service"),
    )


def of_resource(permission: Permission) -> Callable[..., Door]:
    """The view gets the resource of the address, and needs the permission in its team."""
    return _of(
        permission,
        _resource,
        lambda found: found.environment.app.team,
        ("app", "env", "resource"),
    )


def of_domain(permission: Permission) -> Callable[..., Door]:
    """The view gets the domain of the address, and needs the permission in its team."""
    return _of(
        permission,
        _domain,
        lambda found: found.environment.app.team,
        ("app", "env", "host"),
    )


def _of(
    permission: Permission,
    find: Callable[..., QuerySet[M]],
    team_of: Callable[[M], Team],
    names: tuple[str, ...],
) -> Callable[..., Door]:
    def decorate(view: Callable[..., HttpResponseBase]) -> Door:
        @wraps(view)
        def door(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            address = {name: kwargs.pop(name) for name in names}

            def opened(actor: Actor) -> HttpResponseBase:
                found = find(actor, **address).first()
                if found is None:
                    raise Http404
                scope.require(actor, team_of(found), permission)
                return view(request, found, **kwargs)

            return _guarded(request, opened)

        return _named(door, permission)

    return decorate


def _guarded(request: HttpRequest, opened: Callable[[Actor], HttpResponseBase]) -> HttpResponseBase:
    if not request.user.is_authenticated:
        return _to_login(request)
    try:
        return opened(actor_of(request))
    except Denied as error:
        return page(
            request, "errors/denied.html", {"reason": str(error)}, title="Not allowed", status=403
        )
    except Unknown as error:
        raise Http404(str(error)) from error
    except Going as error:
        return page(
            request, "errors/going.html", {"reason": str(error)}, title="Too late", status=409
        )


def _to_login(request: HttpRequest) -> HttpResponseBase:
    """The sign-in page; a live part makes its whole page load again, and that one leads there."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRefresh()
    return redirect_to_login(request.get_full_path())


def _named(view: Door, permission: str) -> Door:
    view.permission = permission  # type: ignore[attr-defined]
    return view


def _team(actor: Actor, team: str) -> QuerySet[Team]:
    return scope.teams(actor).filter(slug=team)


def _app(actor: Actor, app: str) -> QuerySet[App]:
    return scope.apps(actor).filter(slug=app).select_related("team")


def _environment(actor: Actor, app: str, env: str) -> QuerySet[Environment]:
    found = scope.environments(actor).filter(app__slug=app, slug=env)
    return found.select_related("app__team", "cell")


def _service(actor: Actor, app: str, env: str, service: str) -> QuerySet[Service]:
    found = scope.services(actor).filter(
        environment__app__slug=app, environment__slug=env, name=service
    )
    return found.select_related("environment__app__team", "environment__cell", "artifact")


def _domain(actor: Actor, app: str, env: str, host: str) -> QuerySet[Domain]:
    found = scope.domains(actor).filter(
        environment__app__slug=app, environment__slug=env, host=host
    )
    return found.select_related(
        "environment__app__team", "environment__cell", "service", "redirect_to"
    )


def _resource(actor: Actor, app: str, env: str, resource: str) -> QuerySet[Resource]:
    found = scope.resources(actor).filter(
        environment__app__slug=app, environment__slug=env, name=resource
    )
    return found.select_related("environment__app__team", "environment__cell")
