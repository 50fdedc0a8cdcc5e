"""An environment's domains: live at once, in no release. What leads where is the edge's business.

So a release, a way back or a promotion never takes an address from anybody, and a domain can be
moved while a release rolls.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from jobs.document.types import PUBLIC
from platform_admin.models import Domain, Environment, Path, Service
from platform_admin.rules.certificates import Pair, certificate_errors, read_certificate
from platform_admin.rules.domains import host_error, normal_host, prefix_error
from platform_admin.rules.permissions import Permission
from platform_admin.rules.sealed import Sealed, open_sealed, seal
from platform_admin.verbs import audit
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid, Unknown
from platform_admin.verbs.keys import keys
from platform_admin.verbs.locks import locked_environment
from platform_admin.verbs.queue import enqueue
from platform_admin.verbs.scope import require

ROUTES = "jobs.deploy.routes.bring"
LOOK = "jobs.deploy.lookups.look"
TOKEN_BYTES = 32


@transaction.atomic
def create_domain(
    actor: Actor,
    environment: Environment,
    host: str,
    *,
    service: Service | None = None,
    redirect_to: Domain | None = None,
    permanent: bool = True,
    only_https: bool = True,
) -> Domain:
    """The new domain, which leads to a service or redirects to another domain of here.

    It is routed at once, or once its ownership is proved where the operator asks for that.
    Invalid: host, service, redirect_to. Which environment has a host already is not said.
    """
    environment = _begun(actor, environment)
    host, now = normal_host(host), timezone.now()
    said = host_error(host, apps_domain=settings.MUSTER_APPS_DOMAIN, reserved=_own_hosts())
    if said or Domain.objects.filter(host=host).exists():
        raise Invalid({"host": [said or _taken(host, environment)]})
    _refuse_target(environment, None, service, redirect_to)
    domain = Domain(
        environment=environment,
        host=host,
        service=service,
        redirect_to=redirect_to,
        permanent=permanent,
        only_https=only_https,
        token=secrets.token_urlsafe(TOKEN_BYTES),
        accepted_at=None if settings.MUSTER_PROVE_DOMAINS else now,
        check_at=now,
    )
    try:
        with transaction.atomic():
            domain.save(force_insert=True)
    except IntegrityError:
        # Somebody else was faster; the row was not to be seen yet when we looked.
        raise Invalid({"host": [_taken(host, environment)]}) from None
    _done(actor, "add domain", domain, after=_row(domain))
    enqueue("default", LOOK, domain.pk)
    return domain


@transaction.atomic
def change_domain(
    actor: Actor,
    domain: Domain,
    *,
    service: Service | None = None,
    redirect_to: Domain | None = None,
    permanent: bool = True,
    only_https: bool = True,
) -> Domain:
    """The domain with another service, or redirecting; its host stays. Invalid: as a new one's."""
    domain = _locked(actor, domain)
    _refuse_target(domain.environment, domain, service, redirect_to)
    before = _row(domain)
    domain.service, domain.redirect_to = service, redirect_to
    domain.permanent, domain.only_https = permanent, only_https
    domain.save(update_fields=["service", "redirect_to", "permanent", "only_https"])
    if before != _row(domain):
        _done(actor, "change domain", domain, before=before, after=_row(domain))
    return domain


@transaction.atomic
def remove_domain(actor: Actor, domain: Domain) -> None:
    """Takes the domain, its paths and its certificate away; others may have the host then.

    Invalid: host, while another domain redirects to it.
    """
    domain = _locked(actor, domain)
    others = ", ".join(domain.redirected.order_by("host").values_list("host", flat=True))
    if others:
        said = f"{others} redirects to {domain}: remove that first, or let it lead elsewhere."
        raise Invalid({"host": [said]})
    _done(actor, "remove domain", domain, before=_row(domain))
    domain.delete()


@transaction.atomic
def add_path(
    actor: Actor, domain: Domain, prefix: str, service: Service, *, strips: bool = False
) -> Path:
    """The path of the domain that leads to another service. Invalid: prefix, service."""
    domain = _locked(actor, domain)
    said = prefix_error(prefix)
    if domain.redirect_to_id:
        said = f"{domain} redirects as a whole: let it lead to a service first."
    elif not said and domain.paths.filter(prefix=prefix).exists():
        said = f"{domain} has the path {prefix} already: remove that first."
    if said:
        raise Invalid({"prefix": [said]})
    _refuse_service(domain.environment, service)
    path = Path.objects.create(domain=domain, prefix=prefix, service=service, strips=strips)
    _done(actor, "add path", domain, after=_path(path))
    return path


@transaction.atomic
def remove_path(actor: Actor, path: Path) -> None:
    """Takes the path away; its requests go to the domain's service, or to a shorter path's."""
    domain = _locked(actor, path.domain)
    _done(actor, "remove path", domain, before=_path(path))
    path.delete()


@transaction.atomic
def set_certificate(actor: Actor, domain: Domain, certificate: str, key: str) -> Domain:
    """The domain with an uploaded certificate, its key encrypted. Invalid: certificate, key."""
    domain = _locked(actor, domain)
    pair = Pair(certificate.strip() + "\n", key.strip() + "\n")
    errors = certificate_errors(pair, domain.host, timezone.now())
    if errors:
        raise Invalid(errors)
    sealed = seal(pair.key.encode(), keys(), about=_about(domain))
    ends_at = read_certificate(pair.certificate).ends_at
    _write_certificate(domain, pair.certificate, ends_at, sealed)
    _done(actor, "set certificate", domain, after={"ends_at": ends_at.isoformat()})
    return domain


@transaction.atomic
def remove_certificate(actor: Actor, domain: Domain) -> Domain:
    """The domain without an uploaded certificate: the edge's own resolver serves, if any."""
    domain = _locked(actor, domain)
    ends_at = domain.certificate_ends_at
    if ends_at is not None:
        _write_certificate(domain, "", None, None)
        _done(actor, "remove certificate", domain, before={"ends_at": ends_at.isoformat()})
    return domain


@transaction.atomic
def check_now(actor: Actor, domain: Domain) -> None:
    """Lets the DNS be asked about the domain at once."""
    domain = _locked(actor, domain)
    Domain.objects.filter(pk=domain.pk).update(check_at=timezone.now(), waited_s=0)
    audit.record(actor, "check domain", domain, team=domain.environment.app.team)
    enqueue("default", LOOK, domain.pk)


def private_key(domain: Domain) -> str:
    """The uploaded certificate's key, opened: for the edge alone, never for a page.

    SealError where it does not open.
    """
    sealed = Sealed(domain.key_id, bytes(domain.sealed_key or b""))
    return open_sealed(sealed, keys(), about=_about(domain)).decode()


def _begun(actor: Actor, environment: Environment) -> Environment:
    require(actor, environment.app.team, Permission.CHANGE_DOMAINS)
    return locked_environment(environment)


def _locked(actor: Actor, domain: Domain) -> Domain:
    """The domain as it is under its environment's lock; Unknown where it has gone meanwhile."""
    environment = _begun(actor, domain.environment)
    found = Domain.objects.filter(pk=domain.pk, environment=environment).first()
    if found is None:
        raise Unknown("There is no such domain any more.")
    found.environment = environment
    return found


def _own_hosts() -> set[str]:
    found = urlsplit(settings.MUSTER_URL).hostname
    return {*settings.ALLOWED_HOSTS, found or ""}


def _taken(host: str, environment: Environment) -> str:
    if Domain.objects.filter(host=host, environment__app__team=environment.app.team_id).exists():
        return f"{host} is a domain of your team already: remove it there first."
    return f"{host} is taken on this platform: if it is yours, ask an operator."


def _refuse_target(
    environment: Environment,
    domain: Domain | None,
    service: Service | None,
    redirect_to: Domain | None,
) -> None:
    if (service is None) == (redirect_to is None):
        said = "Choose the service that it leads to, or a domain to redirect to; one of the two."
        raise Invalid({"service": [said]})
    if service is not None:
        _refuse_service(environment, service)
    elif redirect_to is not None:
        _refuse_redirect(environment, domain, redirect_to)


def _refuse_service(environment: Environment, service: Service) -> None:
    if service.environment_id != environment.pk:
        raise Unknown(f"There is no such service in {environment}.")
    if service.kind not in PUBLIC:
        said = f"{service.name} is {service.kind}: a domain leads to a web or static service."
        raise Invalid({"service": [said]})


def _refuse_redirect(environment: Environment, domain: Domain | None, to: Domain) -> None:
    if to.environment_id != environment.pk:
        raise Unknown(f"There is no such domain in {environment}.")
    said = None
    if domain is not None and (to.pk == domain.pk or domain.redirected.exists()):
        said = f"{domain} is where others redirect to: it can not redirect itself."
    elif domain is not None and domain.paths.exists():
        said = f"{domain} has paths: remove them first, for a redirect goes before them."
    elif to.redirect_to_id:
        said = f"{to} redirects as well: choose the domain that it redirects to."
    if said:
        raise Invalid({"redirect_to": [said]})


def _write_certificate(
    domain: Domain, certificate: str, ends_at: datetime | None, sealed: Sealed | None
) -> None:
    domain.certificate, domain.certificate_ends_at = certificate, ends_at
    domain.sealed_key = sealed.data if sealed else None
    domain.key_id = sealed.key_id if sealed else ""
    domain.save(update_fields=["certificate", "certificate_ends_at", "sealed_key", "key_id"])


def _done(actor: Actor, verb: str, domain: Domain, **rows: dict[str, object]) -> None:
    """What every change ends with: its audit, and the edge told."""
    team = domain.environment.app.team
    audit.record(actor, verb, domain, team=team, **rows)
    enqueue("observe", ROUTES, domain.environment_id)


def _about(domain: Domain) -> bytes:
    """What the key is sealed for: its row and field."""
    return f"domain:{domain.pk}:key".encode()


def _row(domain: Domain) -> dict[str, object]:
    """The row for the audit."""
    return {
        "host": domain.host,
        "service": domain.service.name if domain.service else None,
        "redirect_to": str(domain.redirect_to) if domain.redirect_to else None,
        "permanent": domain.permanent,
        "only_https": domain.only_https,
    }


def _path(path: Path) -> dict[str, object]:
    return {"prefix": path.prefix, "service": path.service.name, "strips": path.strips}
