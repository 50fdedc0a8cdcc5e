"""Consul: `connect` gives the typed client, which goes through the one door."""

from __future__ import annotations

from jobs.consul.check import Check
from jobs.consul.client import Consul, connect
from jobs.consul.endpoint import Endpoint
from jobs.consul.operation import Entry, Operation, encoded_bytes
from jobs.consul.settings import ConsulSettings

__all__ = [
    "Check",
    "Consul",
    "ConsulSettings",
    "Endpoint",
    "Entry",
    "Operation",
    "connect",
    "encoded_bytes",
]
