"""What most services leave to Muster: the fields in the service form's folds, and their folds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from jobs.document.types import KILL_SIGNALS
from platform_admin.forms.numbers import WholeNumber
from platform_admin.rules.fields import ServiceFields

CODE = {"class": "code-input", "spellcheck": "false", "autocomplete": "off"}
HTTP, TCP = "http", "tcp"
RESTART = ("attempts", "interval_s", "delay_s")


class OptionFields(forms.Form):
    """Each of them may stay empty; what Muster does then stands in its hint."""

    user = forms.CharField(
        label="User",
        required=False,
        help_text="As whom the program runs. Empty: as the image or the driver says.",
        widget=forms.TextInput(attrs=CODE | {"placeholder": "nobody"}),
    )
    kill_signal = forms.ChoiceField(
        label="Signal to end",
        required=False,
        choices=[("", "SIGTERM"), *((each, each) for each in KILL_SIGNALS if each != "SIGTERM")],
        help_text="What an instance gets when it has to end its work.",
    )
    protocol = forms.ChoiceField(
        label="Protocol",
        required=False,
        choices=[("", "HTTP"), (TCP, "TCP")],
        help_text="A TCP service is reached at its name in Consul, without the edge.",
    )
    drain_s = WholeNumber(
        label="Drain",
        required=False,
        help_text="How long an instance gets no new requests before it is told to end. Empty: as"
        " long as the edge needs to notice, which is the least.",
    )
    check_interval_s = WholeNumber(
        label="Check every", required=False, help_text="Empty: every 2 s."
    )
    check_timeout_s = WholeNumber(
        label="Check answers within", required=False, help_text="Empty: within 2 s."
    )
    memory_max_mb = WholeNumber(
        label="Memory to borrow",
        required=False,
        help_text="Up to how much an instance may use while its node has it to spare.",
    )
    disk_mb = WholeNumber(
        label="Disk", required=False, help_text="For all that it writes, logs too. Empty: 300 MB."
    )
    spread = forms.CharField(
        label="Spread over",
        required=False,
        help_text="Instances are spread evenly over the values of this attribute of nodes.",
        widget=forms.TextInput(attrs=CODE | {"placeholder": "node.datacenter"}),
    )
    restart_attempts = WholeNumber(
        label="Restarts", required=False, help_text="On the spot, before another takes its place."
    )
    restart_interval_s = WholeNumber(
        label="Counted over", required=False, help_text="Empty: 120 s."
    )
    restart_delay_s = WholeNumber(
        label="Apart by", required=False, help_text="Empty: 2 s. All empty: 3 restarts."
    )


@dataclass(frozen=True)
class Fold:
    """The fields of one fold; it is open where anything of it is set or wrong."""

    fields: tuple[tuple[forms.BoundField, str, str], ...]
    open: bool


def folds(form: forms.Form, rows: Mapping[str, bool], left_out: str = "") -> dict[str, Fold]:
    """The folds by name, each field with its unit and its class, but the one `left_out`.

    `rows`: which of them have rows in use.
    """
    return {name: _fold(form, name, rows.get(name, False), left_out) for name in FOLDS}


def _fold(form: forms.Form, name: str, rows: bool, left_out: str) -> Fold:
    shown = [row for row in FOLDS[name] if row[0] != left_out or form[row[0]].value()]
    fields = tuple((form[field], unit, css) for field, unit, css in shown)
    used = any(each.errors or each.value() not in (None, "") for each, _, _ in fields)
    return Fold(fields, used or rows)


def restart_of(found: Mapping[str, Any], rule: Mapping[str, int]) -> dict[str, int] | None:
    """The restart rule as typed, what was left empty as in `rule`; None where all was."""
    typed = {part: found.get(f"restart_{part}") for part in RESTART}
    if all(value is None for value in typed.values()):
        return None
    return {part: rule[part] if value is None else value for part, value in typed.items()}


def initial_options(fields: ServiceFields) -> dict[str, Any]:
    """The form's values for options that it does not hold as the verbs do."""
    return {f"restart_{part}": (fields.restart or {}).get(part) for part in RESTART}


FOLDS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "runs": (("user", "", ""), ("kill_signal", "", "")),
    "reached": (("protocol", "", ""), ("drain_s", "s", "")),
    "healthy": (
        ("check_interval_s", "s", "not-worker"),
        ("check_timeout_s", "s", "not-worker"),
        ("restart_attempts", "times", ""),
        ("restart_interval_s", "s", ""),
        ("restart_delay_s", "s", ""),
    ),
    "large": (("memory_max_mb", "MB", ""), ("disk_mb", "MB", ""), ("spread", "", "whole")),
}
