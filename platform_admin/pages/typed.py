"""What was typed into the service form, checked and not yet saved."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import BinaryIO, cast

from django.http import HttpRequest

from platform_admin.forms import constraints as constraint_rows
from platform_admin.forms import links as link_rows
from platform_admin.forms import ports as port_rows
from platform_admin.forms.constraints import ConstraintRow
from platform_admin.forms.errors import show
from platform_admin.forms.links import LinkRow
from platform_admin.forms.ports import PortRow
from platform_admin.forms.service import GIT, IMAGE, ServiceForm
from platform_admin.models import Artifact, Environment, Fetch, Service, Team
from platform_admin.pages.typed_git import brought, typed_fetch
from platform_admin.rules.fields import ServiceFields
from platform_admin.verbs import scope
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.artifacts import upload_artifact
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.links import validate_links
from platform_admin.verbs.services import fields_of, validate_service

RENAMED = {"artifact_id": "archive", "artifact": "archive", "restart": "restart_attempts"}


@dataclass(frozen=True)
class Typed:
    """The form with its errors, the archive that it names, the rows of its lists.

    `stored` is the service as the draft has it, None for a new one; `fetch` what the form names of
    git.
    """

    form: ServiceForm
    artifact: Artifact | None
    links: list[LinkRow]
    ports: list[PortRow] = field(default_factory=list)
    constraints: list[ConstraintRow] = field(default_factory=list)
    wrong_ports: tuple[str, ...] = ()
    stored: ServiceFields | None = None
    fetch: Fetch | None = None

    @property
    def fields(self) -> ServiceFields:
        return self.form.fields_of(self.stored, self.ports, self.constraints)

    @property
    def errors(self) -> bool:
        rows = [*(row.errors for row in self.links), *(row.errors for row in self.constraints)]
        return bool(self.form.errors or self.wrong_ports) or any(rows)

    def blamed(self, error: Invalid) -> Typed:
        """The same with a verb's errors at their fields and rows."""
        links, others = link_rows.blamed(self.links, error.errors)
        constraints, others = constraint_rows.blamed(self.constraints, others)
        ports = dict.fromkeys((*self.wrong_ports, *others.pop("ports", ())))
        show(self.form, others, renamed=_renamed(self.form))
        return replace(self, links=links, constraints=constraints, wrong_ports=tuple(ports))


def with_archive(
    request: HttpRequest, actor: Actor, environment: Environment, service: Service | None
) -> Typed:
    """What was typed, an upload stored at once: so that nobody has to send it twice."""
    form = ServiceForm(request.POST, request.FILES)
    form.is_valid()
    team = environment.app.team
    fetch = typed_fetch(request, actor, team, form)
    if form.cleaned_data.get("source") == GIT:
        artifact = brought(form, fetch)
    else:
        artifact = _uploaded(request, actor, team, form)
    form.cleaned_data["artifact"] = artifact.pk if artifact else None
    ports = port_rows.typed(request.POST)
    return Typed(
        form,
        artifact,
        link_rows.typed(request.POST),
        ports,
        constraint_rows.typed(request.POST),
        tuple(port_rows.wrong(ports, told=form.cleaned_data.get("source") != IMAGE)),
        fields_of(service) if service else None,
        fetch,
    )


def _uploaded(request: HttpRequest, actor: Actor, team: Team, form: ServiceForm) -> Artifact | None:
    """The archive that the form names, or brings; its field says why it is refused."""
    kept: int | None = form.cleaned_data.get("artifact")
    artifact = scope.artifacts(actor).filter(team=team, pk=kept or 0).first()
    upload = request.FILES.get("archive")
    if upload is not None:
        try:
            return upload_artifact(actor, team, upload.name or "archive", cast("BinaryIO", upload))
        except Invalid as error:
            show(form, error.errors, renamed=RENAMED)
    elif artifact is not None and "archive_refused" in request.POST:
        said = f"The file that was chosen last was refused. Save again to keep {artifact.filename}."
        form.add_error("archive", said)
    return artifact


def _renamed(form: ServiceForm) -> dict[str, str]:
    """Where the errors of what runs stand: at the field that was filled in for it."""
    if form.cleaned_data.get("source") != GIT:
        return RENAMED
    return RENAMED | {"artifact_id": "git_address", "artifact": "git_address"}


def typed_service(
    request: HttpRequest, actor: Actor, environment: Environment, service: Service | None
) -> Typed:
    """What was typed, with everything that saving would object to."""
    return checked(with_archive(request, actor, environment, service), actor, environment, service)


def checked(typed: Typed, actor: Actor, environment: Environment, service: Service | None) -> Typed:
    """The same with everything that saving would object to."""
    errors = validate_service(actor, environment, typed.fields, service)
    typed = typed.blamed(Invalid(errors))
    links = [row.fields() for row in typed.links]
    return typed.blamed(Invalid(validate_links(actor, environment, service, links)))
