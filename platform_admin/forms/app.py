"""The forms of apps and environments."""

from __future__ import annotations

from django import forms

from platform_admin.models import Cell, Team


class EnvironmentForm(forms.Form):
    """A further environment of an app."""

    environment = forms.CharField(
        label="Environment",
        initial="production",
        required=False,
        help_text="A running copy of the app. Lower-case letters and digits, at most 15.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    cell = forms.ModelChoiceField(
        label="Where it runs",
        queryset=Cell.objects.order_by("name"),
        empty_label=None,
        error_messages={"required": "Choose where it runs."},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        cells = list(Cell.objects.order_by("name")[:2])
        if len(cells) == 1:
            self.fields["cell"].initial = cells[0].pk
            self.fields["cell"].widget = forms.HiddenInput()


class AppForm(EnvironmentForm):
    """A new app with its first environment."""

    name = forms.CharField(
        label="App name",
        required=False,
        help_text="Unique on this platform; it stands in addresses. Lower-case letters, digits"
        " and hyphens, at most 24.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "shop"}
        ),
    )
    team = forms.ModelChoiceField(
        label="Team",
        queryset=Team.objects.none(),
        empty_label=None,
        help_text="Owns the app; what it runs counts against the team's quota.",
        error_messages={
            "required": "Choose a team.",
            "invalid_choice": "You are in no such team: choose one of the list.",
        },
    )

    field_order = ("name", "team", "environment", "cell")

    def __init__(self, teams: list[Team], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        mine = Team.objects.filter(pk__in=[team.pk for team in teams]).order_by("name")
        field = self.fields["team"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = mine
        if len(teams) == 1:
            field.initial = teams[0].pk
