"""Chooses the server for a request: weights between services, p2c or turns within one."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from local.cluster.edge.config import Service, full_name


class Balance:
    """What must be remembered between requests, by names, so that it outlives a new config."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inflight: Counter[str] = Counter()
        self._turns: Counter[str] = Counter()
        self._credit: dict[str, Counter[str]] = {}

    def choose(
        self, services: Mapping[str, Service], name: str, tried: Collection[str] = ()
    ) -> tuple[str, str | None]:
        """(service, address); no address where the service has no server."""
        service = services[name]
        with self._lock:
            while any(weight for _, weight in service.children):
                service = services[full_name(self._child(service))]
            fresh = [address for address in service.servers if address not in tried]
            return service.name, self._server(service, fresh or list(service.servers))

    def _child(self, service: Service) -> str:
        """Smooth weighted turns: exact shares, without runs of the same child."""
        weights = {child: weight for child, weight in service.children if weight > 0}
        credit = self._credit.setdefault(service.name, Counter())
        for child in set(credit) - set(weights):
            del credit[child]
        credit.update(weights)
        best = max(weights, key=lambda child: credit[child])
        credit[best] -= sum(weights.values())
        return best

    def _server(self, service: Service, addresses: list[str]) -> str | None:
        if service.strategy == "p2c" and len(addresses) > 1:
            pair = random.sample(addresses, 2)
            return min(pair, key=lambda address: self._inflight[address])
        self._turns[service.name] += 1
        return addresses[self._turns[service.name] % len(addresses)] if addresses else None

    @contextmanager
    def busy(self, address: str) -> Iterator[None]:
        """Counts a request as in flight at this address."""
        with self._lock:
            self._inflight[address] += 1
        try:
            yield
        finally:
            with self._lock:
                self._inflight[address] -= 1
                self._inflight += Counter()  # forgets the zeros

    def in_flight(self) -> int:
        """How many requests instances are working on now."""
        return self._inflight.total()
