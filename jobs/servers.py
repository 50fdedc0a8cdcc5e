"""The clients of this process, one a server, made from the settings when first asked for."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from jobs import consul as consul_door
from jobs import nomad as nomad_door
from jobs.consul import Consul, ConsulSettings
from jobs.cut import is_cut
from jobs.nomad import Nomad, NomadSettings
from jobs.nomad.cut import CutDoor


@cache
def nomad() -> Nomad:
    """This process's client for Nomad; threads share it.

    It can be cut off only where MUSTER_FAULTS is on: elsewhere nothing looks whether it is.
    """
    known = NomadSettings(
        address=settings.NOMAD_ADDR,
        token=settings.NOMAD_TOKEN,
        region=settings.NOMAD_REGION,
        ca_file=settings.NOMAD_CACERT,
        client_cert=settings.NOMAD_CLIENT_CERT,
        client_key=settings.NOMAD_CLIENT_KEY,
    )
    return Nomad(CutDoor(known, is_cut)) if settings.MUSTER_FAULTS else nomad_door.connect(known)


@cache
def consul() -> Consul:
    """This process's client for Consul; threads share it."""
    return consul_door.connect(
        ConsulSettings(
            address=settings.CONSUL_HTTP_ADDR,
            token=settings.CONSUL_HTTP_TOKEN,
            ca_file=settings.CONSUL_CACERT,
        )
    )
