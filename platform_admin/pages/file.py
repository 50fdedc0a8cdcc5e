"""The environment as a file: read it, take it along, plan one and make it the draft."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from jobs.document import Change, DocumentError
from jobs.document.as_yaml import LARGEST_BYTES, Parsed, Place, SyntaxProblem, parsed, written
from jobs.document.diff import trees
from jobs.document.file import FileDoc, file_tree, read_file, write_file
from jobs.document.schema import schema
from platform_admin.models import Environment
from platform_admin.pages import drafted, trail
from platform_admin.pages.access import anyone, of_environment
from platform_admin.pages.render import actor_of, page
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.files import Applied, apply_file, exported, planned

MEANWHILE = "Somebody changed the draft since this was shown: look again, then apply it."


@dataclass(frozen=True)
class Problem:
    """What is wrong with the file, where, and what stands there."""

    place: Place
    path: str
    sentence: str
    text: str


class FileProblems(ValueError):
    """A file that can not be taken, with everything that is known to be wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@of_environment(Permission.VIEW_APP)
def show(request: HttpRequest, environment: Environment) -> HttpResponse:
    """The draft as a file, in a field to change it in."""
    return _page(request, environment, text_of(environment))


@of_environment(Permission.VIEW_APP)
def download(request: HttpRequest, environment: Environment) -> HttpResponse:
    """The draft as a file to keep."""
    schema_url = f"{settings.MUSTER_URL}{reverse('file_schema')}"
    text = f"# yaml-language-server: $schema={schema_url}\n{text_of(environment)}"
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    name = f"{environment.app.slug}-{environment.slug}.yaml"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@of_environment(Permission.CHANGE_DRAFT)
def apply(request: HttpRequest, environment: Environment) -> HttpResponse:
    """What the file would change; with `apply` it is the draft. Not posted, back to the form."""
    if request.method != "POST":
        return redirect(_url(environment))
    text = _typed(request)
    actor = actor_of(request)
    if "apply" in request.POST and request.POST.get("seen") != _state(environment):
        problems = (_problem(Place(1, 1), "", MEANWHILE, ""),)
        return _page(request, environment, text, problems=problems)
    try:
        file, places = _read(text)
        _check_address(file, environment, places, text)
        wanted = apply_file if "apply" in request.POST else planned
        found = wanted(actor, environment, file)
    except Invalid as error:
        return _page(request, environment, text, problems=_problems(error, places, text))
    except FileProblems as error:
        return _page(request, environment, text, problems=error.problems)
    if wanted is planned:
        return _page(request, environment, text, found=found)
    messages.success(request, "The file is the draft now. Release it to make it so.")
    for sentence in _to_do(found):
        messages.warning(request, sentence)
    return redirect("plan", environment.app.slug, environment.slug)


@anyone
@require_safe
def json_schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of the file. Open without a session: editors have none, and it is the same
    everywhere.
    """
    body = json.dumps(schema(), indent=2)
    return HttpResponse(body, content_type="application/schema+json")


def text_of(environment: Environment) -> str:
    """The draft as YAML."""
    return written(write_file(exported(environment)))


def _state(environment: Environment) -> str:
    """A word for the draft as it is: another one once anything of it has changed."""
    return hashlib.sha256(text_of(environment).encode()).hexdigest()


def _typed(request: HttpRequest) -> str:
    """The uploaded file, else what was typed."""
    upload = request.FILES.get("upload")
    if upload is None:
        return request.POST.get("text", "").replace("\r\n", "\n")
    body: bytes = upload.read(LARGEST_BYTES + 1)
    return body.decode(errors="replace")


def _read(text: str) -> tuple[FileDoc, Parsed]:
    try:
        found = parsed(text)
    except SyntaxProblem as error:
        raise FileProblems((_problem(error.place, "", error.sentence, text),)) from error
    try:
        return read_file(found.value), found
    except DocumentError as error:
        hint = " Put it in quotes." if error.expected == "a text" else ""
        sentence = f"Found {error.found}, expected {error.expected}.{hint}"
        raise FileProblems(
            (_problem(found.place(error.path), error.path, sentence, text),)
        ) from error


def _check_address(file: FileDoc, environment: Environment, places: Parsed, text: str) -> None:
    """Raises FileProblems where the file is another environment's."""
    here = {"app": environment.app.slug, "environment": environment.slug}
    named = {"app": file.document.app, "environment": file.document.environment}
    wrong = tuple(
        _problem(places.place(key), key, f"This is {here[key]}: write {here[key]}.", text)
        for key in here
        if named[key] != here[key]
    )
    if wrong:
        raise FileProblems(wrong)


def _problems(error: Invalid, places: Parsed, text: str) -> tuple[Problem, ...]:
    found = [
        _problem(places.place(path), path, sentence, text)
        for path, several in error.errors.items()
        for sentence in several
    ]
    return tuple(sorted(found, key=lambda one: (one.place.line, one.place.column)))


def _problem(place: Place, path: str, sentence: str, text: str) -> Problem:
    lines = text.splitlines()
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    return Problem(place, *(_shown(each) for each in (path, sentence, line.strip()[:200])))


def _shown(text: str) -> str:
    """The text as a page can hold it: half a character has no bytes."""
    return text.encode("utf-8", "replace").decode()


def _to_do(found: Applied) -> list[str]:
    """What the file names and does not bring."""
    return [
        f"{name} of {scope_name or 'the environment'} has no value yet: set it under Variables."
        for scope_name, name in found.missing
    ]


def changes(found: Applied, environment: Environment) -> tuple[drafted.Part, ...]:
    """What the file changes in the draft, by the part that it is of."""
    before, after = file_tree(found.before), file_tree(found.after)
    return drafted.parts([_in_part(one, environment.slug) for one in trees(before, after)])


def _in_part(change: Change, environment: str) -> Change:
    """`scaling.web.minimum` is of the service web; `variables.A` is of the environment."""
    first, _, rest = change.path.partition(".")
    if first == "scaling":
        name, _, field = rest.partition(".")
        if not field:
            return replace(change, path=f"scaling.{name}", before=None, after=change.after or {})
        return replace(change, path=f"services.{name}.scaling.{field}")
    if first == "domains":
        before, after = _leads(change.before), _leads(change.after)
        path = f"environment.{environment}.{change.path}"
        return replace(change, path=path, before=before, after=after)
    if first in ("variables", "secrets"):
        return replace(change, path=f"environment.{environment}.{change.path}")
    return change


def _leads(domain: Any) -> Any:
    """Where a whole domain leads, in words; any other value as it is."""
    match domain:
        case {"redirect_to": str(other)}:
            return f"redirects to {other}"
        case {"service": str(service), "only_https": _}:
            return f"leads to {service}"
        case _:
            return domain


def _page(
    request: HttpRequest,
    environment: Environment,
    text: str,
    *,
    found: Applied | None = None,
    problems: tuple[Problem, ...] = (),
) -> HttpResponse:
    actor = actor_of(request)
    parts = changes(found, environment) if found else ()
    context: dict[str, Any] = {
        "environment": environment,
        "tab": "plan",
        "text": text,
        "seen": _state(environment),
        "planned": found is not None,
        "changes": parts,
        "changed": drafted.total(parts),
        "left": found.left if found else (),
        "to_do": _to_do(found) if found else [],
        "problems": problems,
        "may_change": scope.allowed(actor, environment.app.team, Permission.CHANGE_DRAFT),
    }
    where = trail.of_environment(actor, environment)
    return page(
        request,
        "plan/file.html",
        context,
        title=f"{environment} as a file",
        trail=trail.then(where, "file", _url(environment)),
        status=422 if problems else 200,
    )


def _url(environment: Environment) -> str:
    return reverse("file", args=[environment.app.slug, environment.slug])
