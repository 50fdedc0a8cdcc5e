from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace

from django.conf import settings
from django.db import transaction

from platform_admin.models import (
    Artifact,
    Cell,
    Colour,
    ColourName,
    Environment,
    Quota,
    Rollout,
    ScalingPolicy,
    Service,
    Team,
)
from platform_admin.rules.fields import Errors, ServiceFields, collected, service_errors
from platform_admin.rules.permissions import Permission
from platform_admin.rules.quota import Use
from platform_admin.rules.schedules import bounds_errors, read
from platform_admin.verbs import audit, environ
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.desired import keep_inside
from platform_admin.verbs.errors import Invalid, NoRoom
from platform_admin.verbs.links import service_properties
from platform_admin.verbs.locks import locked_environment, locked_service
from platform_admin.verbs.policies import make_policy, reset_policy
from platform_admin.verbs.quota import limits_of, locked, reserve, room_for
from platform_admin.verbs.scope import require
from platform_admin.verbs.slugs import take_slug, taken_names
from platform_admin.verbs.stale import refuse_stale
from scaler.rules.windows import Window

FIELD_OF_FIGURE = {"instances": "minimum", "cpu_mhz": "cpu_mhz", "memory_mb": "memory_mb"}


def validate_service(
    actor: Actor, environment: Environment, fields: ServiceFields, service: Service | None = None
) -> Errors:
    """What saving would say of these fields, sentences by field; nothing is changed."""
    team = environment.app.team
    require(actor, team, Permission.CHANGE_DRAFT)
    environ.check_scope(environment, service)
    quota = Quota.objects.get(team=team)
    errors = _errors(environment, fields, quota, service)
    return errors or _shortage(quota, fields, service)


@transaction.atomic
def create_service(actor: Actor, environment: Environment, fields: ServiceFields) -> Service:
    """The new service, its colours, rollout, policy and reservation. Invalid by field, NoRoom."""
    team = environment.app.team
    require(actor, team, Permission.CHANGE_DRAFT)
    quota = locked(team)
    environment = locked_environment(environment)
    _refuse(_errors(environment, fields, quota, None))
    service = Service(
        environment=environment,
        slug_row=take_slug(environment, fields.name),
        desired=fields.minimum,
        **asdict(fields),
    )
    service.save(force_insert=True)
    Rollout.objects.create(service=service)
    Colour.objects.bulk_create(Colour(service=service, colour=name) for name in ColourName)
    make_policy(service)
    _reserve(quota, service)
    audit.record(actor, "create service", service, team=team, after=_row(service))
    return service


@transaction.atomic
def change_service(
    actor: Actor,
    service: Service,
    fields: ServiceFields,
    *,
    seen: Mapping[str, object] | None = None,
    windows: Sequence[Window] | None = None,
) -> Service:
    """The service with these fields in the draft; bounds hold at once. Invalid by field.

    Stale where somebody changed a field since it was `seen`, which this would undo. `windows` are
    those that its schedule will have, where that is saved with them.
    """
    return _changed(actor, service, lambda _: fields, seen, windows)


@transaction.atomic
def change_bounds(
    actor: Actor,
    service: Service,
    minimum: int,
    maximum: int,
    *,
    seen: Mapping[str, object] | None = None,
    windows: Sequence[Window] | None = None,
) -> Service:
    """The service with these bounds, which hold at once; all else of its draft stays.

    Invalid by field. Stale where somebody changed a bound since it was `seen`. `windows` are those
    that its schedule will have, where that is saved with them.
    """
    return _changed(
        actor, service, lambda now: replace(now, minimum=minimum, maximum=maximum), seen, windows
    )


def _changed(
    actor: Actor,
    service: Service,
    wanted: Callable[[ServiceFields], ServiceFields],
    seen: Mapping[str, object] | None,
    windows: Sequence[Window] | None = None,
) -> Service:
    """The service with what is `wanted` of it as it is under the lock."""
    team = service.environment.app.team
    require(actor, team, Permission.CHANGE_DRAFT)
    quota = locked(team)
    environment = locked_environment(service.environment)
    service = locked_service(service)
    fields = wanted(fields_of(service))
    refuse_stale(seen, asdict(fields_of(service)), asdict(fields))
    _refuse(_errors(environment, fields, quota, service, windows))
    _refuse(_shortage(quota, fields, service))
    before, kind = _row(service), service.kind
    for field, value in asdict(fields).items():
        setattr(service, field, value)
    service.save(update_fields=list(asdict(fields)))
    if service.kind != kind:
        reset_policy(service)
    keep_inside(actor, service)
    _reserve(quota, service)
    audit.record(actor, "change service", service, team=team, before=before, after=_row(service))
    return service


def fields_of(service: Service) -> ServiceFields:
    """The draft's row as the fields that verbs take."""
    names = ServiceFields.__dataclass_fields__
    return ServiceFields(**{name: getattr(service, name) for name in names})


def _errors(
    environment: Environment,
    fields: ServiceFields,
    quota: Quota,
    service: Service | None,
    windows: Sequence[Window] | None = None,
) -> Errors:
    errors = service_errors(
        fields,
        limits=limits_of(quota),
        taken=taken_names(environment, service.name if service else ""),
        drivers=settings.MUSTER_DRIVERS,
        resolves=environment.cell.link_form == Cell.LinkForm.DNS,
        inside=f"{environment.app.slug}-{environment.slug}",
    )
    if service is not None and fields.name == service.name:
        # It was allowed when it was given: a word may be reserved since.
        errors.pop("name", None)
    if not _has_artifact(environment.app.team, fields.artifact_id):
        errors["artifact"] = ["This team has no such archive: upload it again."]
    if service is not None:
        errors = _under_its_schedule(service, fields, windows) | errors | _fixed(service, fields)
    return errors


def _under_its_schedule(
    service: Service, fields: ServiceFields, windows: Sequence[Window] | None
) -> Errors:
    """What of the bounds its schedule does not allow: that of now, unless others are to come."""
    if windows is None:
        rows = ScalingPolicy.objects.filter(service=service).values_list("windows", flat=True)
        windows = [window for row in rows for window in read(row)]
    return collected(bounds_errors(windows, fields.minimum, fields.maximum))


def _fixed(service: Service, fields: ServiceFields) -> Errors:
    """What of a service can not be changed any more."""
    errors: Errors = {}
    if fields.name != service.name:
        said = f"A service keeps its name, because addresses hang on it: write {service.name}."
        errors["name"] = [said]
    deployed = Colour.objects.filter(service=service, release__isnull=False).exists()
    if fields.kind != service.kind and deployed:
        said = (
            f"{service.name} was deployed as {service.kind}: make a new service for another kind."
        )
        errors["kind"] = [said]
    if deployed and (fields.protocol == "tcp") != (service.protocol == "tcp"):
        said = (
            f"{service.name} was deployed with another protocol: make a new service for this one."
        )
        errors["protocol"] = [said]
    gives = service_properties(fields.kind, fields.protocol)
    stale = service.callers.exclude(property__in=gives).select_related("service")
    for link in stale.order_by("service__name") if fields.port is not None else ():
        errors.setdefault("protocol", []).append(
            f"{link.service.name} has a link to its {link.property}, which it would not have any"
            " more: change that link first."
        )
    callers = service.callers.order_by("service__name").values_list("service__name", flat=True)
    if fields.port is None and callers:
        errors.setdefault("kind", []).append(
            f"{', '.join(callers)} has a link to this service, and a {fields.kind} has no address:"
            " remove that link first."
        )
    return errors


def _has_artifact(team: Team, artifact_id: int | None) -> bool:
    """Whether there is nothing to look for, or the team has it: another team's do not exist."""
    return artifact_id is None or Artifact.objects.filter(team=team, pk=artifact_id).exists()


def _shortage(quota: Quota, fields: ServiceFields, service: Service | None) -> Errors:
    """What the quota has not got of the size that the draft will have."""
    count = fields.minimum
    if service is not None:
        count = min(max(service.desired, fields.minimum), fields.maximum)
        if service.suspended_at is not None:
            count = 0
    try:
        room_for(quota, service, Use(1, fields.cpu_mhz, fields.memory_mb), count)
    except NoRoom as error:
        return error.at(FIELD_OF_FIGURE[error.figure]).errors
    return {}


def _reserve(quota: Quota, service: Service) -> None:
    try:
        reserve(quota, service)
    except NoRoom as error:
        raise error.at(FIELD_OF_FIGURE[error.figure]) from error


def _refuse(errors: Errors) -> None:
    if errors:
        raise Invalid(errors)


def _row(service: Service) -> dict[str, object]:
    """The draft's row for the audit."""
    return {**asdict(fields_of(service)), "desired": service.desired}
