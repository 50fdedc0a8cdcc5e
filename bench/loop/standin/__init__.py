"""A stand-in for Nomad, Consul and an edge with instances that are no processes."""
