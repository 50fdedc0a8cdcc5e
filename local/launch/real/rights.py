"""The rules of each token: what it needs and nothing more. README.md shows them to operators."""

from __future__ import annotations

CONSUL_MUSTER = """
service_prefix "" { policy = "write" }
node_prefix "ext-" { policy = "write" }
node_prefix "" { policy = "read" }
agent_prefix "" { policy = "read" }
key_prefix "traefik/" { policy = "write" }
key_prefix "muster/" { policy = "write" }
query_prefix "" { policy = "write" }
"""

CONSUL_TRAEFIK = """
service_prefix "" { policy = "read" }
node_prefix "" { policy = "read" }
agent_prefix "" { policy = "read" }
key_prefix "traefik/" { policy = "read" }
"""

CONSUL_NOMAD = """
agent_prefix "" { policy = "read" }
node_prefix "" { policy = "read" }
service_prefix "" { policy = "write" }
"""

NOMAD_MUSTER = """
namespace "*" {
  capabilities = [
    "list-jobs", "read-job", "submit-job", "dispatch-job", "scale-job", "read-job-scaling",
    "read-logs", "read-fs", "alloc-lifecycle",
  ]
  variables {
    path "nomad/jobs/*" { capabilities = ["write", "read", "list", "destroy"] }
  }
}
node { policy = "read" }
agent { policy = "read" }
"""
