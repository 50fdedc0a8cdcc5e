"""What a service form becomes: a sentence, an address, a Nomad job, Consul entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from jobs.deploy.preview import lends_no_memory, service_preview
from jobs.document import LinkDoc
from platform_admin.models import Environment, Service
from platform_admin.pages import clocks
from platform_admin.pages.clocks import Preview
from platform_admin.pages.typed import Typed
from platform_admin.pages.words import count
from platform_admin.rules.fields import ServiceFields
from platform_admin.verbs.links import LinkFields
from platform_admin.verbs.live import live_doc
from platform_admin.verbs.services import fields_of


@dataclass(frozen=True)
class Become:
    """The right side of the form: what comes of it, or the fields that have to change first."""

    sentence: str = ""
    address: str = ""
    job: Mapping[str, Any] | None = None
    consul: list[dict[str, Any]] = field(default_factory=list)
    wrong: tuple[tuple[str, str, str], ...] = ()
    clock: Preview | None = None
    warning: str = ""


def become(typed: Typed, environment: Environment, service: Service | None) -> Become:
    """What the typed fields become; never an invalid job, but the fields that have to change."""
    wrong = _wrong(typed)
    if wrong:
        return Become(wrong=wrong)
    links = [row.fields() for row in typed.links]
    touches = _NEW if service is None else _CHANGED
    return _becomes(environment, typed.fields, links, touches)


def as_drafted(service: Service) -> Become:
    """What a service becomes as the draft has it."""
    return _becomes(service.environment, fields_of(service), None, _CHANGED)


def _becomes(
    environment: Environment,
    fields: ServiceFields,
    links: Sequence[LinkFields] | None,
    touches: str,
) -> Become:
    try:
        preview = service_preview(environment, fields, links)
    except ValueError as error:
        return Become(wrong=(("id_image", "What runs", str(error)),))
    said = " ".join([sentence(fields), touches, *_links_said(environment, fields, links)])
    lent = fields.memory_max_mb is None or not lends_no_memory(preview.job)
    clock = clocks.preview(fields.schedule, fields.time_zone, timezone.now())
    return Become(
        said,
        preview.address,
        preview.job,
        list(preview.consul),
        clock=clock if fields.kind == Service.Kind.CRON else None,
        warning="" if lent else _LENDS_NOTHING.format(fields.memory_max_mb),
    )


def _links_said(
    environment: Environment, fields: ServiceFields, links: Sequence[LinkFields] | None
) -> list[str]:
    """That other links than it runs with need new instances, if it runs and they are."""
    service = environment.services.select_related("rollout").filter(name=fields.name).first()
    live = live_doc(service) if service is not None and links is not None else None
    if live is None or links is None:
        return []
    typed = {LinkDoc(each.variable, each.target, each.property) for each in links}
    names = sorted({link.variable for link in typed ^ set(live.links)})
    if not names:
        return []
    return [f"Its links differ from what is live ({', '.join(names)}): the release restarts it."]


def sentence(fields: ServiceFields) -> str:
    """The service in one sentence."""
    if fields.kind == Service.Kind.CRON:
        size = f"{fields.cpu_mhz} MHz and {fields.memory_mb} MB"
        when = f"at {fields.schedule} ({fields.time_zone or 'UTC'})"
        runs = fields.image or _program(fields)
        return f"{fields.name}: a cron that runs {runs} {when}, in one instance of {size}."
    if fields.kind == Service.Kind.STATIC:
        verb, runs = "of", "the files of your archive"
    else:
        verb, runs = "that runs", fields.image or _program(fields)
    bounds = (
        count(fields.minimum, "instance")
        if fields.minimum == fields.maximum
        else f"{fields.minimum} to {fields.maximum} instances"
    )
    size = f"{fields.cpu_mhz} MHz and {fields.memory_mb} MB each"
    return f"{fields.name}: {_KINDS[fields.kind]} {verb} {runs}, {bounds} of {size}."


def _program(fields: ServiceFields) -> str:
    return f"“{fields.command}” from your archive" if fields.command else "your archive"


def _wrong(typed: Typed) -> tuple[tuple[str, str, str], ...]:
    """Field id, label and sentence of everything that has to change."""
    form = typed.form
    found = [
        (form[name].id_for_label or name, form[name].label, said)
        if name in form.fields
        else ("", "", said)
        for name, several in form.errors.items()
        for said in several
    ]
    rows = [
        *(("links", "Links", said) for row in typed.links for said in row.errors),
        *(("ports", "Further ports", said) for said in typed.wrong_ports),
        *(("constraints", "Nodes", said) for row in typed.constraints for said in row.errors),
    ]
    return tuple((str(where), str(label), str(said)) for where, label, said in [*found, *rows])


_LENDS_NOTHING = (
    "Up to {} MB are asked for, and this cluster lends no memory: that stays without effect until"
    " an operator allows memory oversubscription in Nomad's scheduler configuration."
)
_NEW = "Nothing runs until you release and deploy it."
_CHANGED = "Saving changes the draft; what is live stays until you release and deploy it."
_KINDS: dict[str, str] = {
    Service.Kind.WEB: "a public web service",
    Service.Kind.PRIVATE: "a private service",
    Service.Kind.WORKER: "a worker",
    Service.Kind.CRON: "a cron",
    Service.Kind.SINGLETON: "a singleton",
    Service.Kind.STATIC: "a static site",
}
