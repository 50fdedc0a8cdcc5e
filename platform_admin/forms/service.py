"""The service form: its fields in the order in which one thinks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from django import forms
from django.conf import settings

from jobs.specs.group import RESTARTS
from platform_admin.forms.constraints import ConstraintRow
from platform_admin.forms.numbers import WholeNumber
from platform_admin.forms.options import CODE, OptionFields, initial_options, restart_of
from platform_admin.forms.ports import PortRow, parsed
from platform_admin.forms.seen import SeenField, as_seen
from platform_admin.models import Service
from platform_admin.rules.fields import ServiceFields
from platform_admin.verbs.links import links_said
from platform_admin.verbs.services import fields_of

ARCHIVE, IMAGE = "archive", "image"


class ServiceForm(OptionFields):
    """Parses what was typed; `platform_admin.rules.fields` says whether it can be."""

    seen = SeenField()
    kind = forms.ChoiceField(
        label="Kind",
        choices=Service.Kind.choices,
        initial=Service.Kind.WEB,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose web, private or worker."},
    )
    name = forms.CharField(
        label="Name",
        required=False,
        help_text="Lower-case letters and digits, at most 15. It stands in addresses.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    source = forms.ChoiceField(
        label="What runs",
        choices=[(ARCHIVE, "an archive"), (IMAGE, "an image")],
        initial=ARCHIVE,
        required=False,
        widget=forms.RadioSelect,
    )
    archive = forms.FileField(
        label="Archive",
        required=False,
        allow_empty_file=True,
        help_text="A .tar.gz or .zip with your program, of at most"
        f" {settings.MUSTER_ARTIFACT_LIMIT_MB} MB. It is unpacked before the command runs.",
    )
    artifact = forms.IntegerField(required=False, widget=forms.HiddenInput)
    image = forms.CharField(
        label="Image",
        required=False,
        help_text="With its tag, for example registry.example.com/shop/web:1.4.",
        widget=forms.TextInput(attrs=CODE),
    )
    command = forms.CharField(
        label="Command",
        required=False,
        help_text="One line. Quotes keep words together; no shell stands between.",
        widget=forms.TextInput(attrs=CODE | {"placeholder": "python3 web.py"}),
    )
    release_command = forms.CharField(
        label="Release command",
        required=False,
        help_text="Runs once before a release goes live, for migrations. If it fails, nothing"
        " changes.",
        widget=forms.TextInput(attrs=CODE),
    )
    port = WholeNumber(
        label="Port",
        required=False,
        initial=8080,
        help_text="Where the program inside of the image listens.",
    )
    health_path = forms.CharField(
        label="Health check path",
        required=False,
        help_text="Answers 200 as long as the instance can work, without waiting behind requests."
        " Empty: the port must accept connections.",
        widget=forms.TextInput(attrs=CODE | {"placeholder": "/healthz"}),
    )
    start_limit_s = WholeNumber(
        label="Start-up limit",
        initial=120,
        help_text="A release whose instance is not healthy by then is taken back.",
    )
    kill_timeout_s = WholeNumber(
        label="Time to finish",
        initial=30,
        help_text="What an instance gets to end its work after SIGTERM.",
    )
    cpu_mhz = WholeNumber(label="CPU", initial=100)
    memory_mb = WholeNumber(label="Memory", initial=128)
    minimum = WholeNumber(label="At least", initial=1)
    maximum = WholeNumber(label="At most", initial=1)

    def fields_of(
        self,
        stored: ServiceFields | None,
        ports: Sequence[PortRow],
        constraints: Sequence[ConstraintRow],
    ) -> ServiceFields:
        """What was typed, for the verbs; what could not be parsed stands at its default.

        What the form does not ask for stays as it is `stored`.
        """
        values = {name: self._value(name) for name in _SAME}
        worker = values["kind"] == Service.Kind.WORKER
        image = self.cleaned_data.get("source") == IMAGE
        values["image"] = values["image"] if image else ""
        values["artifact_id"] = None if image else self.cleaned_data.get("artifact")
        values["port"] = self._port(image=image)
        values["ports"] = parsed(ports, self.fields["port"].initial)
        values["constraints"] = [row.fields() for row in constraints]
        values["restart"] = restart_of(self.cleaned_data, asdict(RESTARTS))
        if values["kind"] != Service.Kind.PRIVATE:
            values["protocol"] = ""
        if worker:
            values |= _UNREACHED
        return replace(stored, **values) if stored else ServiceFields(**values)

    def _port(self, *, image: bool) -> int | None:
        """What was typed; a program from an archive is told its port, so any stands for it."""
        typed: int | None = self.cleaned_data.get("port")
        told = typed is None and not image and "port" not in self.errors
        return self.fields["port"].initial if told else typed

    def _value(self, name: str) -> Any:
        """What was typed; a field that could not be parsed is its initial value, a text is ""."""
        found = self.cleaned_data.get(name)
        if found is not None:
            return found
        field = self.fields[name]
        chosen = isinstance(field, forms.ChoiceField) and not field.required
        return "" if chosen or isinstance(field, forms.CharField) else field.initial


_SAME = (
    "name",
    "kind",
    "image",
    "command",
    "release_command",
    "health_path",
    "start_limit_s",
    "kill_timeout_s",
    "cpu_mhz",
    "memory_mb",
    "minimum",
    "maximum",
    "protocol",
    "check_interval_s",
    "check_timeout_s",
    "user",
    "memory_max_mb",
    "disk_mb",
    "drain_s",
    "kill_signal",
    "spread",
)
_UNREACHED: dict[str, Any] = {
    "port": None,
    "health_path": "",
    "ports": {},
    "check_interval_s": None,
    "check_timeout_s": None,
    "drain_s": None,
}
"""What is hidden while a worker is described, and does not count then."""


def initial_of(service: Service) -> dict[str, object]:
    """The form's values for a service as the draft has it."""
    fields = fields_of(service)
    source = IMAGE if service.image else ARCHIVE
    seen = as_seen({**asdict(fields), "links": links_said(service)})
    here = {"artifact": fields.artifact_id, "source": source, "seen": seen}
    return {**asdict(fields), **initial_options(fields), **here}
