"""What every task of the cluster could do without a token: what ACLs are there to stop."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from jobs import consul, nomad
from jobs.errors import ClusterError

READ_S = 2.0
_SAID = (
    "{} answers without a token: every task may read and change all that is in it."
    " Turn its ACLs on before a second team comes."
)


def nomad_is_open() -> str:
    """A sentence where Nomad answers without a token; "" is as it should be."""
    return _SAID.format("Nomad") if _answers(_nomad) else ""


def consul_is_open() -> str:
    """A sentence where Consul answers without a token; "" is as it should be."""
    return _SAID.format("Consul") if _answers(_consul) else ""


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
    return nomad.connect(without_token).nodes(read_s=READ_S)


def _consul() -> object:
    """Reads a key: the catalog would answer anybody, with an empty list."""
    without_token = consul.ConsulSettings(
        address=settings.CONSUL_HTTP_ADDR, ca_file=settings.CONSUL_CACERT
    )
    return consul.connect(without_token).key("traefik")
