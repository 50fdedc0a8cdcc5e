"""Consul's catalog: nodes, services, checks and what they add up to, pure over a State."""

from __future__ import annotations

from local.cluster.consul.checks import validate
from local.cluster.consul.state import DATACENTER, NODE, Row, State
from local.cluster.web import Refusal, Request, seconds

SHORTEST_REAP_S = 60.0  # Consul's own minimum for DeregisterCriticalServiceAfter
LONGEST_META = 512
INDEXES = {"CreateIndex", "ModifyIndex"}


def boot(state: State) -> None:
    """Enters this node, its own check and the service `consul`, unless a restart finds them."""
    if NODE not in state.nodes:
        _put_node(state, NODE, "127.0.0.1", {"consul-network-segment": ""})
        _put_service(state, NODE, {"Service": "consul", "Port": 8300})
        alive = {"Status": "passing", "Output": "Agent alive and reachable"}
        _put_check(state, NODE, {"CheckID": "serfHealth", "Name": "Serf Health Status", **alive})


def enter(state: State, given: Row, replace: bool) -> None:
    """Registers a service with this agent. A check that was there keeps its status."""
    if not given.get("Name"):
        raise Refusal(400, "Missing service name")
    for key, value in (given.get("Meta") or {}).items():
        if len(value) > LONGEST_META:
            text = f"Couldn't load metadata pair ('{key}', '{value}'): Value is too long"
            raise Refusal(400, f"Invalid Service Meta: {text} (limit: {LONGEST_META} characters)")
    service_id = _put_service(state, NODE, {**given, "Service": given["Name"]})
    old, kept, checks = _checks_of(state, NODE, service_id), set(), _checks(given)
    for number, check in enumerate(checks, 1):
        validate(check)
        suffix = f":{number}" if len(checks) > 1 else ""
        row = {"CheckID": f"service:{service_id}{suffix}", **check, "ServiceID": service_id}
        row["Name"] = check.get("Name") or f"Service '{given['Name']}' check"
        before = old.get(row["CheckID"], {})
        row |= {key: before[key] for key in ("Status", "Output") if before}
        kind = "ttl" if check.get("TTL") else "tcp" if check.get("TCP") else "http"
        _put_check(state, NODE, {**row, "Type": kind})
        known = state.definitions.get(row["CheckID"], {})
        lasting = {"critical_since": known.get("critical_since")}
        if check.get("TTL"):
            lasting["told"] = known.get("told")
        state.definitions[row["CheckID"]] = {**check, **lasting}
        kept.add(row["CheckID"])
    for check_id in (old.keys() - kept) if replace else ():
        drop_check(state, NODE, check_id)


def enter_external(state: State, given: Row) -> None:
    """Registers a node of nobody's agent, with its service and checks, which nothing runs."""
    node, service = given.get("Node"), given.get("Service") or {}
    if not node:
        raise Refusal(500, "Must provide node")
    if node == NODE:
        raise Refusal(403, "Permission denied")
    if not given.get("Address"):
        raise Refusal(500, "Must provide address if SkipNodeUpdate is not set")
    if service and not service.get("Service"):
        raise Refusal(500, "Must provide service name with ID")
    _put_node(state, node, given["Address"], given.get("NodeMeta"))
    if service:
        _put_service(state, node, service)
    for check in _checks(given):
        _put_check(state, node, check)


def _checks(given: Row) -> list[Row]:
    return [*filter(None, [given.get("Check")]), *(given.get("Checks") or [])]


def _put_node(state: State, name: str, address: str, meta: Row | None) -> None:
    local = name == NODE
    row = {
        "ID": "6d757374-6572-4c6f-8361-6c6e6f646500" if local else "",
        "Node": name,
        "Address": address,
        "Datacenter": DATACENTER,
        "TaggedAddresses": {"lan": address, "wan": address} if local else None,
        "Meta": meta,
    }
    _put(state, state.nodes, name, row, ["nodes"])


def _put_service(state: State, node: str, given: Row) -> str:
    row: Row = {
        "ID": given.get("ID") or given["Service"],
        "Service": given["Service"],
        "Tags": given.get("Tags") or [],
        "Address": given.get("Address") or "",
        "Meta": given.get("Meta") or None,
        "Port": given.get("Port") or 0,
        "Weights": {"Passing": 1, "Warning": 1},
        "EnableTagOverride": bool(given.get("EnableTagOverride")),
        "Proxy": {"MeshGateway": {}, "Expose": {}},
        "Connect": {},
    }
    table = state.services.setdefault(node, {})
    before = table.get(row["ID"], row)["Service"]
    _put(
        state, table, row["ID"], row, ["services", f"service:{row['Service']}", f"service:{before}"]
    )
    return str(row["ID"])


def _put_check(state: State, node: str, given: Row) -> None:
    service = state.services.get(node, {}).get(given.get("ServiceID") or "")
    if given.get("ServiceID") and not service:
        text = f'failed inserting check: Missing service registration on node "{node}"'
        raise Refusal(500, text)
    keys = ("CheckID", "Name", "Status", "Notes", "Output", "ServiceID", "Type")
    row: Row = {"Node": node, **{key: given.get(key) or "" for key in keys}, "Definition": {}}
    row["CheckID"] = row["CheckID"] or row["Name"]
    row["Status"] = row["Status"] or "critical"
    row["ServiceName"] = service["Service"] if service else ""
    row["ServiceTags"] = service["Tags"] if service else []
    table = state.checks.setdefault(node, {})
    _put(state, table, row["CheckID"], row, _topics(state, row))


def _put(state: State, table: dict[str, Row], key: str, row: Row, topics: list[str]) -> None:
    """Enters a row under a new index, unless it stands there already."""
    old = table.get(key, {})
    if row != {name: value for name, value in old.items() if name not in INDEXES}:
        index = state.touch("catalog", *topics)
        table[key] = {**row, "CreateIndex": old.get("CreateIndex", index), "ModifyIndex": index}


def _topics(state: State, check: Row) -> list[str]:
    """What a change of this check concerns: a node's check concerns all its services."""
    on_node = state.services.get(check["Node"], {}).values()
    names = [check["ServiceName"]] if check["ServiceID"] else [row["Service"] for row in on_node]
    return ["checks", *(f"service:{name}" for name in names)]


def drop_check(state: State, node: str, check_id: str) -> None:
    """Takes a check away; harmless when there is none."""
    row = state.checks.get(node, {}).pop(check_id, None)
    if row:
        state.touch("catalog", *_topics(state, row))
    if node == NODE:
        state.definitions.pop(check_id, None)


def drop_service(state: State, node: str, service_id: str) -> None:
    """Takes a service and its checks away; harmless when there is none."""
    for check_id in _checks_of(state, node, service_id):
        drop_check(state, node, check_id)
    row = state.services.get(node, {}).pop(service_id, None)
    if row:
        state.touch("catalog", "services", f"service:{row['Service']}")


def drop_external(state: State, given: Row) -> None:
    """Takes away what the body names: a service, else a check, else the whole node."""
    node, service, check = (given.get(k) or "" for k in ("Node", "ServiceID", "CheckID"))
    if not node:
        raise Refusal(500, "Must provide node")
    if service or not check:
        for service_id in [service] if service else list(state.services.get(node, {})):
            drop_service(state, node, service_id)
    if not service:
        for check_id in [check] if check else list(state.checks.get(node, {})):
            drop_check(state, node, check_id)
    if not service and not check and state.nodes.pop(node, {}):
        state.touch("catalog", "nodes")


def _checks_of(state: State, node: str, service_id: str) -> dict[str, Row]:
    rows = state.checks.get(node, {}).items()
    return {check_id: row for check_id, row in rows if row["ServiceID"] == service_id}


def report(state: State, check_id: str, status: str, output: str, now: float) -> None:
    """Takes in what a run of a check gave; only another status gets a new index."""
    row, definition = state.checks[NODE].get(check_id), state.definitions.get(check_id)
    if row is None or definition is None:
        return  # deregistered while it ran
    since = definition.get("critical_since") or now
    definition["critical_since"] = since if status == "critical" else None
    row["Output"] = output
    if row["Status"] != status:
        row |= {"Status": status, "ModifyIndex": state.touch("catalog", *_topics(state, row))}


def tell(state: State, check_id: str, given: Row, now: float) -> None:
    """Takes in what the one who runs a check with a TTL found; for so long it holds."""
    status, definition = given.get("Status") or "", state.definitions.get(check_id)
    if status not in ("passing", "warning", "critical"):
        raise Refusal(400, f"Invalid check status: '{status}'")
    if definition is None or not definition.get("TTL"):
        raise Refusal(404, f'Unknown check ID "{check_id}"')
    definition["told"] = now
    report(state, check_id, status, given.get("Output") or "", now)


def expire(state: State, now: float) -> None:
    """Fails the checks with a TTL of which nothing was told for longer than that."""
    for check_id, definition in list(state.definitions.items()):
        ttl_s = seconds(definition.get("TTL") or "")
        if ttl_s and now - definition.get("told", now) > ttl_s:
            report(state, check_id, "critical", "TTL expired", now)


def reap(state: State, now: float) -> None:
    """Takes services away that were critical for longer than a check of theirs allows."""
    for check_id, definition in list(state.definitions.items()):
        limit_s = seconds(definition.get("DeregisterCriticalServiceAfter") or "")
        since, row = definition.get("critical_since"), state.checks[NODE].get(check_id)
        if row and limit_s and since and now - since >= max(limit_s, SHORTEST_REAP_S):
            drop_service(state, NODE, row["ServiceID"])


def health(state: State, name: str, passing: bool) -> list[Row]:
    """A service's instances, each with its node and all checks that concern it."""
    rows = []
    for node, services in state.services.items():
        for service in (row for row in services.values() if row["Service"] == name):
            about = ("", service["ID"])
            checks = [c for c in state.checks.get(node, {}).values() if c["ServiceID"] in about]
            if not passing or all(check["Status"] == "passing" for check in checks):
                rows.append({"Node": state.nodes[node], "Service": service, "Checks": checks})
    return rows


def health_of(state: State, request: Request) -> list[Row]:
    """The same as a request asks for it."""
    passing = request.query.get("passing", "false") not in ("false", "0")
    return health(state, request.path["name"], passing)


def instances(state: State, request: Request) -> list[Row]:
    """A service's instances as the catalog writes them, whatever their checks say."""
    return [
        _flat(row["Node"], row["Service"]) for row in health(state, request.path["name"], False)
    ]


def _flat(node: Row, service: Row) -> Row:
    keys = ("ID", "Node", "Address", "Datacenter", "TaggedAddresses")
    row = {**{key: node[key] for key in keys}, "NodeMeta": node["Meta"]}
    for key in ("ID", "Tags", "Address", "Meta", "Port", "Weights"):
        row[f"Service{key}"] = service[key]
    return row | {"ServiceName": service["Service"], **{key: service[key] for key in INDEXES}}


def own(state: State) -> dict[str, Row]:
    """What is registered with this agent, by ID."""
    hidden = {"Proxy", "Connect", *INDEXES}
    rows = [row for row in state.services[NODE].values() if row["Service"] != "consul"]
    return {row["ID"]: {k: v for k, v in row.items() if k not in hidden} for row in rows}


def own_checks(state: State) -> dict[str, Row]:
    """The checks that this agent runs, by their id."""
    hidden = {"ServiceTags", "Definition", *INDEXES}
    rows = [row for row in state.checks.get(NODE, {}).values() if row["ServiceID"]]
    return {row["CheckID"]: {k: v for k, v in row.items() if k not in hidden} for row in rows}


def names(state: State) -> dict[str, list[str]]:
    """Each service's name with the tags of all its instances."""
    found: dict[str, set[str]] = {}
    for row in (row for services in state.services.values() for row in services.values()):
        found.setdefault(row["Service"], set()).update(row["Tags"])
    return {name: sorted(found[name]) for name in sorted(found)}


def all_checks(state: State) -> list[Row]:
    """Every check of every node."""
    return [row for checks in state.checks.values() for row in checks.values()]


def critical(state: State) -> list[Row]:
    """Every check that fails."""
    return [row for row in all_checks(state) if row["Status"] == "critical"]
