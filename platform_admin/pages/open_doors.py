"""What every task of the cluster could do without a token: what ACLs are there to stop."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from jobs import consul, nomad
from jobs.errors import ClusterError

_SAID = (
    "{} answers without a token: every task may read and change all that is in it."
    " Turn its ACLs on before a second team comes."
)


def open_doors() -> list[str]:
    """A sentence for each server that answers without a token; none is as it should be."""
    asked = (("Nomad", _nomad), ("Consul", _consul))
    return [_SAID.format(name) for name, ask in asked if _answers(ask)]


def _answers(ask: Callable[[], object]) -> bool:
    """Whether it answered. A refusal is right; a server that is away opens nothing."""
    try:
        ask()
    except ClusterError:
        return False
    return True


def _nomad() -> object:
    without_token = nomad.NomadSettings(
        address=settings.NOMAD_ADDR,
        region=settings.NOMAD_REGION,
        ca_file=settings.NOMAD_CACERT,
        client_cert=settings.NOMAD_CLIENT_CERT,
        client_key=settings.NOMAD_CLIENT_KEY,
    )
    return nomad.connect(without_token).nodes()


def _consul() -> object:
    """Reads a key: the catalog would answer anybody, with an empty list."""
    without_token = consul.ConsulSettings(
        address=settings.CONSUL_HTTP_ADDR, ca_file=settings.CONSUL_CACERT
    )
    return consul.connect(without_token).key("traefik")
