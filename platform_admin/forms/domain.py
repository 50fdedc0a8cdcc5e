"""The forms of domains: where one leads, its paths, its certificate."""

from __future__ import annotations

from typing import Any

from django import forms

from jobs.document.types import PUBLIC
from platform_admin.models import Domain, Environment, Service

_PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
Target = tuple[Service | None, Domain | None]


def public_services(environment: Environment) -> list[Service]:
    """The services that a domain may lead to."""
    return list(environment.services.filter(kind__in=PUBLIC).order_by("name"))


class TargetForm(forms.Form):
    """Where a domain leads: to a service, or on to another domain."""

    leads_to = forms.ChoiceField(label="Leads to", required=False)
    only_https = forms.BooleanField(
        label="Send HTTP to HTTPS", required=False, initial=True,
        help_text="Where it has HTTPS; else HTTP is answered.",
    )  # fmt: skip
    permanent = forms.BooleanField(
        label="Redirect for good", required=False, initial=True,
        help_text="For a domain that redirects: 301, or 308 for forms; else 302 and 307.",
    )  # fmt: skip

    def __init__(
        self, environment: Environment, *args: Any, domain: Domain | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._services = {f"service:{one.name}": one for one in public_services(environment)}
        others = environment.domains.filter(redirect_to=None).order_by("host")
        if domain is not None:
            others = others.exclude(pk=domain.pk)
        self._domains = {f"domain:{one.host}": one for one in others}
        field = self.fields["leads_to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            *([] if self._services else [("", "no web service yet")]),
            *((key, one.name) for key, one in self._services.items()),
            *((key, f"redirects to {one.host}") for key, one in self._domains.items()),
        ]

    def target(self) -> Target:
        """The service or the domain that was chosen."""
        chosen = self.cleaned_data.get("leads_to") or ""
        return self._services.get(chosen), self._domains.get(chosen)

    def options(self) -> dict[str, Any]:
        """All but the host, as verbs take it."""
        service, redirect_to = self.target()
        given = self.cleaned_data
        return {
            "service": service,
            "redirect_to": redirect_to,
            "permanent": given["permanent"],
            "only_https": given["only_https"],
        }


class DomainForm(TargetForm):
    """A new domain."""

    host = forms.CharField(
        label="Domain",
        required=False,
        help_text="The whole name, such as www.example.org.",
        widget=forms.TextInput(attrs={**_PLAIN, "placeholder": "www.example.org"}),
    )
    field_order = ("host", "leads_to", "only_https", "permanent")


def initial_of(domain: Domain) -> dict[str, object]:
    """What the form of a domain that is there begins with."""
    leads_to = ""
    if domain.service:
        leads_to = f"service:{domain.service.name}"
    elif domain.redirect_to:
        leads_to = f"domain:{domain.redirect_to.host}"
    return {
        "leads_to": leads_to,
        "permanent": domain.permanent,
        "only_https": domain.only_https,
    }


class PathForm(forms.Form):
    """A path of a domain that leads to another service."""

    path = forms.CharField(
        label="Path",
        required=False,
        widget=forms.TextInput(attrs={**_PLAIN, "placeholder": "/api"}),
    )
    service = forms.ChoiceField(label="Leads to")
    strips = forms.BooleanField(
        label="Take the path off", required=False,
        help_text="/api/orders reaches the service as /orders.",
    )  # fmt: skip

    def __init__(self, environment: Environment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._services = {one.name: one for one in public_services(environment)}
        field = self.fields["service"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, name) for name in self._services]

    def chosen(self) -> Service:
        """The service that was chosen."""
        return self._services[self.cleaned_data["service"]]


class CertificateForm(forms.Form):
    """A certificate and its key, in PEM. A key is not shown again, whichever field it is in."""

    certificate = forms.CharField(
        label="Certificate",
        required=False,
        help_text="PEM, with those of its issuers behind it.",
        widget=forms.Textarea(attrs={**_PLAIN, "rows": 4, "class": "code-input"}),
    )
    key = forms.CharField(
        label="Private key",
        required=False,
        help_text="PEM without a passphrase. It is encrypted and never shown again.",
        widget=forms.Textarea(attrs={**_PLAIN, "rows": 4, "class": "code-input"}),
    )

    def without_keys(self) -> CertificateForm:
        """The same form, to be shown: without the key, and without one among the certificates."""
        certificate = self.data.get("certificate", "")
        kept = "" if "PRIVATE KEY" in certificate else certificate
        self.data = {**dict(self.data.items()), "certificate": kept, "key": ""}
        return self
