"""An environment's draft as a file, and a file made the draft."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial

from django.db import transaction

from jobs.document import Document, DomainDoc, ResourceDoc, SecretRef, ServiceDoc
from jobs.document.file import FileDoc, ScalingDoc
from platform_admin.models import Artifact, Environment, Resource, Service, Variable
from platform_admin.rules.fields import ServiceFields
from platform_admin.rules.permissions import Permission
from platform_admin.rules.policy import PolicyFields
from platform_admin.verbs import environ
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.domain_docs import domain_docs
from platform_admin.verbs.domains import add_path, change_domain, create_domain, remove_path
from platform_admin.verbs.drafts import draft, resource_doc, secret_ref
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.locks import locked_environment, locked_service
from platform_admin.verbs.policies import policy_fields, save_policy
from platform_admin.verbs.quota import locked
from platform_admin.verbs.resources import change_resource, create_resource
from platform_admin.verbs.scope import require
from platform_admin.verbs.services import change_service, create_service, fields_of
from platform_admin.verbs.variables import set_variables

ONE = ScalingDoc(minimum=1, maximum=1, policy=PolicyFields())


@dataclass(frozen=True)
class Applied:
    """The draft before and after a file, and what the file does not say of it.

    `left` are the services and resources that the file does not name; `missing` the secrets, by
    scope (a service's name, "" for the environment), that it names and that have no value yet.
    """

    before: FileDoc
    after: FileDoc
    left: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]


def exported(environment: Environment) -> FileDoc:
    """The environment's draft as a file: all that its forms hold, but for values of secrets."""
    scopes = environ.by_scope(environment)
    staying = environment.services.filter(deletion__isnull=True)
    services = staying.select_related("policy").order_by("name")
    own = {row.name: scopes.services.get(row.pk, []) for row in services}
    whole = draft(environment)
    return FileDoc(
        document=Document(
            app=whole.app,
            environment=whole.environment,
            services=tuple(_with_own(doc, own[doc.name], environment) for doc in whole.services),
            resources=whole.resources,
            domains=domain_docs(environment),
        ),
        variables=environ.plain(scopes.environment),
        secrets=_secrets(scopes.environment, environment),
        scaling={
            row.name: ScalingDoc(row.minimum, row.maximum, policy_fields(row.policy))
            for row in services
        },
    )


@transaction.atomic
def apply_file(actor: Actor, environment: Environment, file: FileDoc) -> Applied:
    """The draft as the file says it, all of it or nothing; what it does not name stays.

    Services, resources and domains are made or changed; variables, links and paths of those are
    exactly the file's. Secrets keep their values. Policies, bounds and domains hold at once.
    Invalid by the file's own paths, such as `services.web.port`.
    """
    require(actor, environment.app.team, Permission.CHANGE_DRAFT)
    locked(environment.app.team)
    environment = locked_environment(environment)
    before = exported(environment)
    for resource in file.document.resources:
        _apply_resource(actor, environment, resource)
    saved = {
        doc.name: _apply_service(actor, environment, doc, file) for doc in file.document.services
    }
    _apply_names(actor, environment, file, saved)
    _apply_domains(actor, environment, file.document.domains, saved)
    for name, scaling in file.scaling.items():
        with _blamed(partial(_below, f"scaling.{name}")):
            save_policy(actor, saved[name], scaling.policy)
    return Applied(
        before, exported(environment), _left(environment, file), _missing(environment, file)
    )


def planned(actor: Actor, environment: Environment, file: FileDoc) -> Applied:
    """What `apply_file` would make of the draft, or refuse; nothing is changed."""
    with transaction.atomic():
        found = apply_file(actor, environment, file)
        transaction.set_rollback(True)
    return found


def _apply_resource(actor: Actor, environment: Environment, doc: ResourceDoc) -> None:
    row = Resource.objects.filter(environment=environment, name=doc.name).first()
    with _blamed(partial(_below, f"resources.{doc.name}")):
        if row is not None and (row.kind, row.external) != (doc.kind, doc.external):
            said = f"{doc.name} stays what it is, a {row.kind}: choose another name."
            raise Invalid({"kind": [said]})
        if doc.external and row is None:
            said = f"{doc.name} runs elsewhere: register it first, with its login."
            raise Invalid({"external": [said]})
        if row is None:
            create_resource(
                actor,
                environment,
                name=doc.name,
                kind=doc.kind,
                cpu_mhz=doc.cpu_mhz,
                memory_mb=doc.memory_mb,
                version=doc.version or "",
                max_connections=doc.max_connections,
            )
        elif not doc.external and doc != resource_doc(row):
            change_resource(
                actor,
                row,
                cpu_mhz=doc.cpu_mhz,
                memory_mb=doc.memory_mb,
                max_connections=doc.max_connections,
            )


def _apply_service(
    actor: Actor, environment: Environment, doc: ServiceDoc, file: FileDoc
) -> Service:
    row = Service.objects.filter(environment=environment, name=doc.name).first()
    scaling = file.scaling.get(doc.name)
    bounds = scaling or row or ONE
    with _blamed(partial(_path_of, doc.name)):
        fields = _fields(environment, doc, minimum=bounds.minimum, maximum=bounds.maximum)
        if row is None:
            return create_service(actor, environment, fields)
        if fields == fields_of(row):
            return locked_service(row)
        windows = None if scaling is None else scaling.policy.windows
        return change_service(actor, row, fields, windows=windows)


def _apply_domains(
    actor: Actor, environment: Environment, docs: Sequence[DomainDoc], saved: Mapping[str, Service]
) -> None:
    """Those that lead to a service first: others may redirect to them."""
    present = {doc.name: doc for doc in domain_docs(environment)}
    for doc in sorted(docs, key=lambda one: one.redirect_to is not None):
        if present.get(doc.name) == doc:
            continue
        with _blamed(partial(_below, f"domains.{doc.name}")):
            _apply_domain(actor, environment, doc, saved)


def _apply_domain(
    actor: Actor, environment: Environment, doc: DomainDoc, saved: Mapping[str, Service]
) -> None:
    here = environment.domains
    row = here.filter(host=doc.name).first()
    to = here.filter(host=doc.redirect_to).first() if doc.redirect_to else None
    service = saved[doc.service] if doc.service else None
    if row is None:
        row = create_domain(
            actor,
            environment,
            doc.name,
            service=service,
            redirect_to=to,
            permanent=doc.permanent,
            only_https=doc.only_https,
        )
    wanted = {(path.prefix, path.service, path.strips): path for path in doc.paths}
    for stored in row.paths.select_related("service", "domain"):
        if wanted.pop((stored.prefix, stored.service.name, stored.strips), None) is None:
            remove_path(actor, stored)
    row = change_domain(
        actor,
        row,
        service=service,
        redirect_to=to,
        permanent=doc.permanent,
        only_https=doc.only_https,
    )
    for path in wanted.values():
        add_path(actor, row, path.prefix, saved[path.service], strips=path.strips)


def _path_of(service: str, field: str) -> str:
    where = "scaling" if field in ("minimum", "maximum") else "services"
    return f"{where}.{service}.{field}"


def _fields(
    environment: Environment, doc: ServiceDoc, *, minimum: int, maximum: int
) -> ServiceFields:
    """What the forms' verbs take, of a service of a document."""
    names = ServiceFields.__dataclass_fields__.keys() & asdict(doc).keys()
    plain = {name: value for name in names if (value := getattr(doc, name)) is not None}
    return ServiceFields(
        **{
            **plain,
            "command": shlex.join(doc.command),
            "release_command": shlex.join(doc.release_command),
            "ports": {one.name: one.port for one in doc.ports},
            "constraints": [asdict(one) for one in doc.constraints],
            "redirects": [asdict(one) for one in doc.redirects],
            "headers": [asdict(one) for one in doc.headers],
            "restart": None if doc.restart is None else asdict(doc.restart),
        },
        artifact_id=_artifact(environment, doc),
        minimum=minimum,
        maximum=maximum,
    )


def _artifact(environment: Environment, doc: ServiceDoc) -> int | None:
    if doc.artifact is None:
        return None
    team = environment.app.team
    row = Artifact.objects.filter(team=team, sha256=doc.artifact, format=doc.archive).first()
    if row is None:
        said = f"{team} has no archive {doc.artifact[:12]}…: upload it in a service's settings."
        raise Invalid({"artifact": [said]})
    return row.pk


def _apply_names(
    actor: Actor, environment: Environment, file: FileDoc, saved: Mapping[str, Service]
) -> None:
    """Variables and links: those links that go first, as a variable may take their name."""
    for doc in file.document.services:
        kept = [link for link in _links(saved[doc.name]) if link in _wanted(doc)]
        set_links(actor, saved[doc.name], kept)
    set_variables(actor, environment, None, file.variables)
    for doc in file.document.services:
        with _blamed(partial(_below, f"services.{doc.name}")):
            set_variables(actor, environment, saved[doc.name], doc.variables)
    for doc in file.document.services:
        with _blamed(partial(_link_path, doc)):
            set_links(actor, saved[doc.name], _wanted(doc))


def _links(service: Service) -> list[LinkFields]:
    return [
        LinkFields(link.variable, link.target, link.property, link.database)
        for link in service.links.select_related("to_service", "to_resource")
    ]


def _wanted(doc: ServiceDoc) -> list[LinkFields]:
    return [
        LinkFields(link.variable, link.target, link.property, link.database or "")
        for link in doc.links
    ]


def _link_path(doc: ServiceDoc, field: str) -> str:
    """`links.0.target` by the name of its variable."""
    noun, _, rest = field.partition(".")
    place, _, key = rest.partition(".")
    if not place.isdecimal():
        return f"services.{doc.name}.{field}"
    name = doc.links[int(place)].variable
    return f"services.{doc.name}.{noun}.{name}" + (f".{key}" if key != "variable" else "")


def _below(above: str, field: str) -> str:
    return f"{above}.{field}"


@contextmanager
def _blamed(path_of: Callable[[str], str]) -> Iterator[None]:
    """What a verb refuses inside of it, by the paths of the file."""
    try:
        yield
    except Invalid as error:
        raise Invalid({path_of(field): said for field, said in error.errors.items()}) from error


def _with_own(doc: ServiceDoc, rows: Sequence[Variable], environment: Environment) -> ServiceDoc:
    return replace(doc, variables=environ.plain(rows), secrets=_secrets(rows, environment))


def _secrets(rows: Iterable[Variable], environment: Environment) -> dict[str, SecretRef]:
    return {row.name: secret_ref(row, environment) for row in rows if row.secret}


def _left(environment: Environment, file: FileDoc) -> tuple[str, ...]:
    document = file.document
    there = {*environment.services.filter(deletion__isnull=True).values_list("name", flat=True)}
    there |= {*environment.resources.filter(deletion__isnull=True).values_list("name", flat=True)}
    named = {one.name for one in document.services} | {one.name for one in document.resources}
    return tuple(sorted(there - named))


def _missing(environment: Environment, file: FileDoc) -> tuple[tuple[str, str], ...]:
    scopes = environ.by_scope(environment)
    rows = {row.name: scopes.services.get(row.pk, []) for row in environment.services.all()}
    rows[""] = scopes.environment
    named = {"": file.secrets} | {doc.name: doc.secrets for doc in file.document.services}
    return tuple(
        (scope, name)
        for scope, secrets in named.items()
        for name in sorted(secrets.keys() - environ.secret_names(rows[scope]))
    )
