"""Numbers as people type them."""

from __future__ import annotations

from django import forms


class WholeNumber(forms.IntegerField):
    """A whole number; the bounds are the rules', which say more than a browser would."""

    def __init__(
        self,
        *,
        label: str,
        help_text: str = "",
        initial: int | None = None,
        required: bool = True,
    ) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            initial=initial,
            required=required,
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            error_messages={
                "required": f"{label} is empty: type a whole number.",
                "invalid": f"{label} is not a whole number: use digits only.",
            },
        )


class Number(forms.FloatField):
    """A number that may have decimals; the bounds are the rules'."""

    def __init__(self, *, label: str, required: bool = True) -> None:
        super().__init__(
            label=label,
            required=required,
            widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
            error_messages={
                "required": f"{label} is empty: type a number.",
                "invalid": f"{label} is not a number: use digits and a point.",
            },
        )
