"""The scaling form: what somebody wants of a service's size, and the defaults in words."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from platform_admin.forms.numbers import Number, WholeNumber
from platform_admin.forms.seen import SeenField, as_seen
from platform_admin.models import ScalingPolicy, Service
from platform_admin.rules.policy import PolicyFields, default_policy, told
from scaler.rules.windows import Window

SHADOW = "shadow"


class PolicyForm(forms.Form):
    """Parses what was typed; `platform_admin.rules.policy` says whether it can be.

    The bounds are the service's, all else the policy's. What is not of the service's kind is
    left out.
    """

    seen = SeenField()
    mode = forms.ChoiceField(
        label="Mode", choices=ScalingPolicy.Mode.choices, widget=forms.RadioSelect
    )
    strategy = forms.ChoiceField(
        label="How it decides", choices=ScalingPolicy.Strategy.choices, widget=forms.RadioSelect
    )
    latency_ms = WholeNumber(label="Answer within", required=False)
    drain_s = WholeNumber(label="Start every job within", required=False)
    queue = forms.CharField(
        label="Queue",
        required=False,
        widget=forms.TextInput(
            attrs={"class": "code-input", "spellcheck": "false", "autocomplete": "off"}
        ),
    )
    minimum = WholeNumber(label="At least")
    maximum = WholeNumber(label="At most")

    up_percent = WholeNumber(label="Growth, percent", required=False)
    up_instances = WholeNumber(label="Growth, instances", required=False)
    up_period_s = WholeNumber(label="In a period of")
    up_window_s = WholeNumber(label="Grow after")
    up_cooldown_s = WholeNumber(label="Wait after growing")
    down_percent = WholeNumber(label="Shrinking, percent", required=False)
    down_instances = WholeNumber(label="Shrinking, instances", required=False)
    down_period_s = WholeNumber(label="In a period of")
    down_window_s = WholeNumber(label="Shrink after")
    down_cooldown_s = WholeNumber(label="Wait after shrinking")

    late_price = Number(label="A late request is worth")
    guard_s = WholeNumber(label="Answer at once what would wait longer than", required=False)
    tolerance = Number(label="Tolerance")
    recovery_s = WholeNumber(label="Work off a backlog in")
    start_up_s = WholeNumber(label="Start-up time")

    metric = forms.ChoiceField(
        label="Second signal",
        choices=[("", "none"), *ScalingPolicy.Metric.choices],
        required=False,
    )
    metric_target = Number(label="Its target", required=False)
    jobs_per_worker = Number(label="Jobs for each worker", required=False)

    unknown = forms.ChoiceField(
        label="When nothing is known",
        choices=ScalingPolicy.Unknown.choices,
    )
    unknown_after_s = WholeNumber(label="After")
    floor = WholeNumber(label="Floor")
    time_zone = forms.CharField(
        label="Time zone",
        required=False,
        widget=forms.TextInput(
            attrs={"list": "time-zones", "spellcheck": "false", "autocomplete": "off"}
        ),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = OF_SERVERS if kind == Service.Kind.WORKER else OF_WORKERS
        for name in others:
            del self.fields[name]
        for name, (least, most) in DRAGGED.items():
            if name in self.fields:
                self.fields[name].widget.attrs |= {"data-least": least, "data-most": most}
        defaults = default_policy(kind)
        for name, field in self.fields.items():
            if name in MEANT:
                field.help_text = MEANT[name].format(default_words(name, defaults))

    def tell_measured(self, start_up_s: float | None) -> None:
        """Says beside the assumed start-up time which one was measured, if one was."""
        if start_up_s is not None:
            said = f"Measured: {start_up_s:.3g} s, which stands in its place."
            self.fields["start_up_s"].help_text = said

    def fields_of(self, kind: str, windows: tuple[Window, ...] = ()) -> PolicyFields:
        """What was typed, for the verb; a field that could not be parsed stands at its default.

        The rows of the schedule's `windows` are not fields of the form.
        """
        given: dict[str, Any] = {}
        for name in PolicyFields.__dataclass_fields__:
            if name in self.cleaned_data:
                given[name] = self.cleaned_data[name]
            elif name in OF_SERVERS | OF_WORKERS and name not in self.fields:
                given[name] = getattr(PolicyFields(), name)
            else:
                given[name] = getattr(default_policy(kind), name)
        return PolicyFields(**{**given, "windows": windows})


DRAGGED = {"latency_ms": (10, 10_000), "drain_s": (1, 3600)}
"""Targets that a script gives a slider, and between what."""
OF_SERVERS = frozenset(
    {"latency_ms", "late_price", "guard_s", "recovery_s", "metric", "metric_target"}
)
OF_WORKERS = frozenset({"drain_s", "queue", "jobs_per_worker"})

MEANT = {
    "latency_ms": "By default {}; empty: not followed.",
    "drain_s": "From its arrival in the queue. By default {}; empty: not followed.",
    "queue": "The name of the RQ queue that this worker takes jobs from.",
    "up_percent": "Of what the period began with; the larger of both counts. By default {}.",
    "up_instances": "By default {}.",
    "up_period_s": "By default {}.",
    "up_window_s": "For so long more must be wanted. By default {}: at once.",
    "up_cooldown_s": "From Nomad's answer on. By default {}.",
    "down_percent": "By default {}.",
    "down_instances": "By default {}.",
    "down_period_s": "By default {}.",
    "down_window_s": "For so long fewer must be wanted. By default {}.",
    "down_cooldown_s": "From Nomad's answer on. By default {}.",
    "guard_s": "With 429 at the edge, also while scaling is off or paused; it counts as demand that"
    " came too late. By default {}; empty: everything is let in.",
    "late_price": "More makes it keep more instances in hand. By default {} instance-seconds.",
    "tolerance": "A share: within it of a target nothing moves. By default {}.",
    "recovery_s": "What piled up while there were too few. By default {}.",
    "start_up_s": "From the order to the first request, until it is measured. By default {}.",
    "metric": "Beside the target above; the one that wants more wins. By default {}.",
    "metric_target": "For each instance.",
    "jobs_per_worker": "Waiting and worked on. By default {}; empty: not followed.",
    "unknown": "What to do while no reading comes. By default {}.",
    "unknown_after_s": "By default {}.",
    "floor": "How many, where the floor is chosen. By default {}.",
}
"""What a field means; its default takes the place of the braces."""


FIXED = "Fixed rules: "
FOLDS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("What lateness is worth", (("late_price", "instance-seconds"),)),
    ("When too much comes at once", (("guard_s", "s"),)),
    (
        "Fixed rules: How fast it grows",
        (
            ("up_percent", "%"),
            ("up_instances", "instances"),
            ("up_period_s", "s"),
            ("up_window_s", "s"),
            ("up_cooldown_s", "s"),
        ),
    ),
    (
        "Fixed rules: How fast it shrinks",
        (
            ("down_percent", "%"),
            ("down_instances", "instances"),
            ("down_period_s", "s"),
            ("down_window_s", "s"),
            ("down_cooldown_s", "s"),
        ),
    ),
    ("Fixed rules: How closely it follows", (("tolerance", ""), ("recovery_s", "s"))),
    (
        "Fixed rules: What else it follows",
        (("metric", ""), ("metric_target", ""), ("jobs_per_worker", "jobs")),
    ),
    ("How long a start takes", (("start_up_s", "s"),)),
    (
        "When nothing is known of the load",
        (("unknown", ""), ("unknown_after_s", "s"), ("floor", "instances")),
    ),
)
"""The fields that stand folded, with their units."""


@dataclass(frozen=True)
class Fold:
    """Fields under a heading, how many are not at their default; open where one has an error."""

    title: str
    fields: tuple[tuple[BoundField, str], ...]
    changed: int
    fixed: bool

    @property
    def open(self) -> bool:
        return any(field.errors for field, _ in self.fields)


def folds(form: PolicyForm, kind: str) -> list[Fold]:
    """The form's folded fields, of those that its kind has."""
    defaults = asdict(default_policy(kind))
    found = []
    for title, names in FOLDS:
        fields = tuple((form[name], unit) for name, unit in names if name in form.fields)
        if not fields:
            continue
        changed = sum(_typed(field.value()) != _typed(defaults[field.name]) for field, _ in fields)
        found.append(Fold(title.removeprefix(FIXED), fields, changed, title.startswith(FIXED)))
    return found


def _typed(value: object) -> str:
    """A value as a browser sends it."""
    return "" if value is None else str(value)


def default_words(name: str, defaults: PolicyFields) -> str:
    """A field's default as the form says it."""
    value = getattr(defaults, name)
    if value is None:
        return "no limit" if name.startswith(("up_", "down_")) else "none"
    if value == "":
        return "none"
    for end, unit in (("_ms", "ms"), ("_s", "s"), ("_percent", "%")):
        if name.endswith(end):
            return f"{value} {unit}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def initial_of(service: Service, fields: PolicyFields) -> dict[str, object]:
    """The form's values for a service as it is."""
    values = {**told(fields), "minimum": service.minimum, "maximum": service.maximum}
    return {**values, "seen": as_seen(values)}
