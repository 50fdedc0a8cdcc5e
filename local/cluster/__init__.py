"""A small single-node stand-in for Nomad, Consul and Traefik. Not for production."""
