"""The service form: its fields in the order in which one thinks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from django import forms
from django.conf import settings

from jobs.document.types import KINDS_WITH_PORT
from jobs.specs.group import RESTARTS
from platform_admin.forms.constraints import ConstraintRow
from platform_admin.forms.git import GitFields, initial_git
from platform_admin.forms.numbers import WholeNumber
from platform_admin.forms.options import CODE, OptionFields, initial_options, restart_of
from platform_admin.forms.ports import PortRow, parsed
from platform_admin.forms.rule_lines import (
    HeadersField,
    RedirectsField,
    header_lines,
    redirect_lines,
)
from platform_admin.forms.seen import SeenField, as_seen
from platform_admin.models import Service
from platform_admin.rules.fields import KINDS, ServiceFields, either
from platform_admin.verbs.fetches import origin
from platform_admin.verbs.links import links_said
from platform_admin.verbs.services import fields_of

ARCHIVE, GIT, IMAGE = "archive", "git", "image"


class ServiceForm(OptionFields, GitFields):
    """Parses what was typed; `platform_admin.rules.fields` says whether it can be."""

    seen = SeenField()
    kind = forms.ChoiceField(
        label="Kind",
        choices=Service.Kind.choices,
        initial=Service.Kind.WEB,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": f"Choose {either(KINDS)}."},
    )
    name = forms.CharField(
        label="Name",
        required=False,
        help_text="Lower-case letters and digits, at most 15. It stands in addresses.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    source = forms.ChoiceField(
        label="What runs",
        choices=[(ARCHIVE, "an archive"), (GIT, "from git"), (IMAGE, "an image")],
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
    fallback = forms.CharField(
        label="Fallback",
        required=False,
        help_text="The file that answers where there is none, with 200: for an app that draws its"
        " pages in the browser. Empty: 404, with your 404.html if there is one.",
        widget=forms.TextInput(attrs=CODE | {"placeholder": "/index.html"}),
    )
    redirects = RedirectsField(
        label="Redirects",
        required=False,
        help_text="A line each: path, where it leads, status (308 if none). A * at the end of a"
        " path: whatever begins so. The first that fits counts, before any file.",
        widget=forms.Textarea(attrs=CODE | {"placeholder": "/old/* /new/ 301", "rows": 3}),
    )
    headers = HeadersField(
        label="Headers",
        required=False,
        help_text="A line each: path, name: value. Of one name the first that fits counts. Files"
        " with a hash in their name are kept for long, all others asked for again.",
        widget=forms.Textarea(attrs=CODE | {"placeholder": "/* X-Frame-Options: DENY", "rows": 3}),
    )
    cpu_mhz = WholeNumber(label="CPU", initial=100)
    memory_mb = WholeNumber(label="Memory", initial=128)
    minimum = WholeNumber(label="At least", initial=1)
    maximum = WholeNumber(label="At most", initial=1)
    schedule = forms.CharField(
        label="Schedule",
        required=False,
        help_text="Minute, hour, day, month, weekday: 30 2 * * * is every night at 2:30,"
        " */15 * * * * every quarter of an hour, 0 9 * * 1-5 at 9:00 on weekdays. Or @hourly,"
        " @daily, @weekly.",
        widget=forms.TextInput(attrs=CODE | {"placeholder": "30 2 * * *"}),
    )
    time_zone = forms.CharField(
        label="Time zone",
        required=False,
        help_text="Such as Europe/Berlin. Empty: UTC.",
        widget=forms.TextInput(attrs=CODE | {"placeholder": "UTC"}),
    )
    time_limit_s = WholeNumber(
        label="Time limit",
        required=False,
        help_text="A run that takes longer is ended. Empty: an hour.",
    )

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
        kind = values["kind"]
        image = self.cleaned_data.get("source") == IMAGE and kind != Service.Kind.STATIC
        values["image"] = values["image"] if image else ""
        values["artifact_id"] = None if image else self.cleaned_data.get("artifact")
        values["port"] = self._port(image=image)
        values["ports"] = parsed(ports, self.fields["port"].initial)
        values["constraints"] = [row.fields() for row in constraints]
        values["restart"] = restart_of(self.cleaned_data, asdict(RESTARTS))
        if kind != Service.Kind.PRIVATE:
            values["protocol"] = ""
        if kind not in KINDS_WITH_PORT:
            values |= _UNREACHED
        values |= _NOT_ASKED.get(kind, {})
        for only, empty in _ONLY_OF.items():
            if kind != only:
                values |= empty
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
        if isinstance(field, (RedirectsField, HeadersField)):
            return []
        chosen = isinstance(field, forms.ChoiceField) and not field.required
        return "" if chosen or isinstance(field, forms.CharField) else field.initial


_NOT_ASKED: dict[str, dict[str, Any]] = {
    Service.Kind.WORKER: {"health_path": ""},
    Service.Kind.CRON: {"health_path": "", "minimum": 1, "maximum": 1},
    Service.Kind.SINGLETON: {"health_path": "", "minimum": 1, "maximum": 1},
    Service.Kind.STATIC: {"health_path": "", "command": "", "release_command": ""},
}
"""What the form does not ask of a kind, and what stands for it."""
_ONLY_OF: dict[str, dict[str, Any]] = {
    Service.Kind.CRON: {"schedule": "", "time_zone": "", "time_limit_s": None},
    Service.Kind.STATIC: {"fallback": "", "redirects": [], "headers": []},
}
"""What it asks of one kind alone, and what stands for it in any other."""

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
    "schedule",
    "time_zone",
    "time_limit_s",
    "fallback",
    "redirects",
    "headers",
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
    fetch = origin(service.artifact)
    source = IMAGE if service.image else GIT if fetch else ARCHIVE
    seen = as_seen({**asdict(fields), "links": links_said(service)})
    lines = {
        "redirects": redirect_lines(fields.redirects),
        "headers": header_lines(fields.headers),
    }
    here = {"artifact": fields.artifact_id, "source": source, "seen": seen}
    return {**asdict(fields), **initial_options(fields), **initial_git(fetch), **lines, **here}
