"""How many instances a person wants, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms

from platform_admin.forms.numbers import WholeNumber

HOUR, UNTIL, GOOD = "hour", "until", "good"


class ScaleForm(forms.Form):
    """The count, when it ends, and why; without an end it is for good.

    The field begins empty, for the present count stands beside it and is live; `version` is the
    one of the count that the person saw there.
    """

    count = WholeNumber(label="Instances")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    ends = forms.ChoiceField(
        label="For how long",
        choices=[(HOUR, "for 1 hour"), (UNTIL, "until a time"), (GOOD, "for good")],
        required=False,
        error_messages={"invalid_choice": "Choose an hour, a time, or for good."},
    )
    until = forms.DateTimeField(
        label="Until (UTC)",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "This is no time: write it as 2026-01-31 18:00."},
    )
    reason = forms.CharField(
        label="Why",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "for the record, optional"}),
    )

    def clean(self) -> dict[str, object]:
        """What was typed; a time is needed where the count is to end at one."""
        found = super().clean() or self.cleaned_data
        if "version" in self.errors:
            self.add_error("count", "This form is not the page's own: load the page again.")
        if found.get("ends") == UNTIL and not found.get("until") and "until" not in self.errors:
            self.add_error("until", "No time is given: say when the count ends.")
        return found

    def end(self, now: datetime) -> datetime | None:
        """When the count ends, None for good."""
        ends = self.cleaned_data["ends"]
        if ends == HOUR:
            return now + timedelta(hours=1)
        until: datetime | None = self.cleaned_data["until"]
        return until if ends == UNTIL else None
