"""What Nomad and Consul hold of an app, asked past Muster."""

from __future__ import annotations

from typing import Any

import requests

from tests.e2e.muster import Muster


def outside(muster: Muster, app: str) -> list[str]:
    """Jobs, Variables, Consul's entries and keys that bear the app's name; none once it is gone."""
    settings = muster.settings()
    nomad, consul = settings["NOMAD_ADDR"], settings["CONSUL_HTTP_ADDR"]
    with_nomad = {"X-Nomad-Token": settings["NOMAD_TOKEN"]}
    with_consul = {"X-Consul-Token": settings["CONSUL_HTTP_TOKEN"]}
    jobs = _asked(f"{nomad}/v1/jobs?namespace=*", with_nomad)
    variables = _asked(f"{nomad}/v1/vars?namespace=*", with_nomad)
    services = _asked(f"{consul}/v1/catalog/services", with_consul)
    keys = _asked(f"{consul}/v1/kv/?recurse=true", with_consul)
    found = [
        *(f"job {each['ID']}" for each in jobs),
        *(f"variable {each['Path']}" for each in variables),
        *(f"service {name}" for name in services),
        *(f"key {each['Key']}" for each in keys),
    ]
    return [each for each in found if f"{app}-" in each]


def _asked(url: str, headers: dict[str, str]) -> Any:
    answer = requests.get(url, headers=headers, timeout=10)
    answer.raise_for_status()
    return answer.json()
