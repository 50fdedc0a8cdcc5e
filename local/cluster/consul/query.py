"""Consul's prepared queries, with the template that catches all names; pure over a State."""

from __future__ import annotations

from local.cluster.consul.catalog import health
from local.cluster.consul.state import DATACENTER, Row, State
from local.cluster.web import Refusal, Request

TEMPLATES = (None, "", "name_prefix_match")


def create(state: State, query_id: str, given: Row) -> None:
    """Enters a query under this ID; a second one of the same name is refused."""
    name, service, template = (given.get(key) or {} for key in ("Name", "Service", "Template"))
    if not service.get("Service"):
        raise Refusal(500, "Invalid prepared query: Must provide a Service name to query")
    if template.get("Type") not in TEMPLATES:
        raise Refusal(501, "the local cluster knows templates of type name_prefix_match only")
    if any(row["Name"] == (name or "") for row in state.queries.values()):
        text = f"name '{name}' aliases an existing query name"
        raise Refusal(500, text if name else "a query template with an empty name already exists")
    index = state.touch("queries")
    state.queries[query_id] = {
        "ID": query_id,
        "Name": name or "",
        "Session": "",
        "Token": "",
        "Template": {"Type": "", "Regexp": "", "RemoveEmptyTags": False, **template},
        "Service": {"OnlyPassing": False, "Tags": None, **service},
        "DNS": {"TTL": ""},
        "CreateIndex": index,
        "ModifyIndex": index,
    }


def execute(state: State, request: Request) -> Row:
    """The instances that answer for this name, by the query or longest template that fits."""
    name, rows = request.path["name"], state.queries.values()
    exact = [row for row in rows if row["Name"] == name]
    templates = [row for row in rows if row["Template"]["Type"] and name.startswith(row["Name"])]
    if not exact and not templates:
        raise Refusal(404, "Query not found")
    row = exact[0] if exact else max(templates, key=lambda row: len(row["Name"]))
    service = row["Service"]
    nodes = health(state, service["Service"], bool(service["OnlyPassing"]))
    answer = {"Service": service["Service"], "Nodes": nodes, "DNS": row["DNS"]}
    return {**answer, "Datacenter": DATACENTER, "Failovers": 0}
