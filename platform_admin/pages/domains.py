"""An environment's domains: the list, and each one's page with its paths and certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from jobs.deploy.domains import base_url, https
from platform_admin.forms.domain import (
    CertificateForm,
    DomainForm,
    PathForm,
    TargetForm,
    initial_of,
)
from platform_admin.forms.errors import show
from platform_admin.models import Domain, Environment
from platform_admin.pages import trail
from platform_admin.pages.access import of_domain, of_environment
from platform_admin.pages.render import actor_of, page
from platform_admin.rules.certificates import read_certificate
from platform_admin.rules.domain_state import DomainState, domain_state
from platform_admin.rules.domains import proof_name
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import domains as verbs
from platform_admin.verbs import scope
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.lookups import leads_to

TARGETS = {"service": "leads_to", "redirect_to": "leads_to"}


@dataclass(frozen=True)
class Shown:
    """A domain as pages show it."""

    domain: Domain
    state: DomainState
    address: str
    paths: int


@of_environment(Permission.VIEW_APP)
def domains(request: HttpRequest, environment: Environment) -> HttpResponse:
    """The environment's domains, with a form for another one."""
    return _list(request, environment, None)


@of_environment(Permission.CHANGE_DOMAINS)
def add(request: HttpRequest, environment: Environment) -> HttpResponse:
    """Adds a domain, and its page opens; not posted, it leads to the form."""
    if request.method != "POST":
        return redirect("domains", environment.app.slug, environment.slug)
    form = DomainForm(environment, request.POST)
    if form.is_valid():
        try:
            made = verbs.create_domain(
                actor_of(request), environment, form.cleaned_data["host"], **form.options()
            )
        except Invalid as error:
            show(form, error.errors, renamed=TARGETS)
        else:
            return _to(made)
    return _list(request, environment, form)


@of_domain(Permission.VIEW_APP)
def domain(request: HttpRequest, found: Domain) -> HttpResponse:
    """One domain: how it stands, what its DNS must say, its paths and its certificate."""
    return _page(request, found)


@of_domain(Permission.CHANGE_DOMAINS)
def save(request: HttpRequest, found: Domain) -> HttpResponse:
    """Lets the domain lead elsewhere; not posted, it leads to the form."""
    if request.method != "POST":
        return _to(found)
    form = TargetForm(found.environment, request.POST, domain=found)
    if form.is_valid():
        try:
            verbs.change_domain(actor_of(request), found, **form.options())
        except Invalid as error:
            show(form, error.errors, renamed=TARGETS)
        else:
            messages.success(request, f"{found} is changed, and live in a moment.")
            return _to(found)
    return _page(request, found, form=form)


@of_domain(Permission.CHANGE_DOMAINS)
def paths(request: HttpRequest, found: Domain) -> HttpResponse:
    """Adds a path, or takes the named one away; not posted, it leads to the form."""
    if request.method != "POST":
        return _to(found)
    actor = actor_of(request)
    gone = found.paths.filter(prefix=request.POST.get("remove", "")).first()
    if gone is not None:
        verbs.remove_path(actor, gone)
        messages.success(request, f"{gone} is gone: its requests go where the rest goes.")
        return _to(found)
    form = PathForm(found.environment, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            verbs.add_path(actor, found, given["path"], form.chosen(), strips=given["strips"])
        except Invalid as error:
            show(form, error.errors, renamed={"prefix": "path"})
        else:
            return _to(found)
    return _page(request, found, path_form=form)


@of_domain(Permission.CHANGE_DOMAINS)
def certificate(request: HttpRequest, found: Domain) -> HttpResponse:
    """Keeps an uploaded certificate, or takes it away; not posted, it leads to the form."""
    if request.method != "POST":
        return _to(found)
    actor = actor_of(request)
    if "remove" in request.POST:
        verbs.remove_certificate(actor, found)
        messages.success(request, f"The uploaded certificate of {found} is gone.")
        return _to(found)
    form = CertificateForm(request.POST)
    if form.is_valid():
        try:
            verbs.set_certificate(actor, found, **form.cleaned_data)
        except Invalid as error:
            show(form, error.errors)
        else:
            messages.success(request, f"The certificate of {found} goes to the edge now.")
            return _to(found)
    return _page(request, found, certificate_form=form.without_keys())


@of_domain(Permission.CHANGE_DOMAINS)
@require_POST
def check(request: HttpRequest, found: Domain) -> HttpResponse:
    """Asks the DNS about the domain now."""
    verbs.check_now(actor_of(request), found)
    messages.success(request, f"The DNS is asked about {found}: look again in a moment.")
    return _to(found)


@of_domain(Permission.CHANGE_DOMAINS)
def remove(request: HttpRequest, found: Domain) -> HttpResponse:
    """Asks whether the domain shall go; posted, it goes."""
    environment, errors = found.environment, []
    if request.method == "POST":
        try:
            verbs.remove_domain(actor_of(request), found)
        except Invalid as error:
            errors = [sentence for said in error.errors.values() for sentence in said]
        else:
            messages.success(request, f"{found} is gone.")
            return redirect("domains", environment.app.slug, environment.slug)
    return page(
        request,
        "domains/remove.html",
        {"environment": environment, "domain": found, "errors": errors},
        title=f"Remove {found}",
        trail=_trail(request, environment, found),
        status=422 if errors else 200,
    )


def _list(request: HttpRequest, environment: Environment, form: DomainForm | None) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    rows = (
        environment.domains.select_related("service", "redirect_to", "environment__cell")
        .prefetch_related("paths")
        .order_by("host")
    )
    context = {
        "environment": environment,
        "tab": "domains",
        "shown": [_shown(row, now) for row in rows],
        "form": form or DomainForm(environment),
        "edge": leads_to(environment.cell),
        "may_change": scope.allowed(actor, environment.app.team, Permission.CHANGE_DOMAINS),
    }
    return page(
        request,
        "domains/list.html",
        context,
        title=f"Domains of {environment}",
        trail=_trail(request, environment),
        status=422 if form and form.errors else 200,
    )


def _page(
    request: HttpRequest,
    found: Domain,
    *,
    form: TargetForm | None = None,
    path_form: PathForm | None = None,
    certificate_form: CertificateForm | None = None,
) -> HttpResponse:
    actor, environment = actor_of(request), found.environment
    edge = leads_to(environment.cell)
    context = {
        "environment": environment,
        "shown": _shown(found, timezone.now()),
        "domain": found,
        "paths": found.paths.select_related("service").order_by("prefix"),
        "names": read_certificate(found.certificate).names if found.certificate else (),
        "https": https(found),
        "edge": edge,
        "edge_record": _record(edge),
        "proof_name": proof_name(found.host),
        "form": form or TargetForm(environment, initial=initial_of(found), domain=found),
        "path_form": path_form or PathForm(environment),
        "certificate_form": certificate_form or CertificateForm(),
        "may_change": scope.allowed(actor, environment.app.team, Permission.CHANGE_DOMAINS),
    }
    wrong = any(each is not None and each.errors for each in (form, path_form, certificate_form))
    return page(
        request,
        "domains/page.html",
        context,
        title=f"{found} of {environment}",
        trail=_trail(request, environment, found),
        status=422 if wrong else 200,
    )


def _shown(domain: Domain, now: datetime) -> Shown:
    state = domain_state(
        accepted=domain.accepted_at is not None,
        leads=bool(domain.service_id or domain.redirect_to_id),
        leads_here=domain.leads_here,
        error=domain.checked_error,
        certificate_ends_at=domain.certificate_ends_at,
        edge=leads_to(domain.environment.cell),
        now=now,
    )
    return Shown(domain, state, base_url(domain), len(domain.paths.all()))


def _record(edge: str) -> str:
    """The kind of DNS record that names the edge."""
    try:
        return "A" if ip_address(edge).version == 4 else "AAAA"
    except ValueError:
        return "CNAME"


def _trail(
    request: HttpRequest, environment: Environment, found: Domain | None = None
) -> tuple[trail.Part, ...]:
    address = [environment.app.slug, environment.slug]
    where = trail.of_environment(actor_of(request), environment)
    where = trail.then(where, "domains", reverse("domains", args=address))
    if found is None:
        return where
    return trail.then(where, found.host, reverse("domain", args=[*address, found.host]))


def _to(found: Domain) -> HttpResponse:
    environment = found.environment
    return redirect("domain", environment.app.slug, environment.slug, found.host)
