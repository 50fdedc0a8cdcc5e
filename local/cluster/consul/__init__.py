"""Consul's side: catalog, checks, key-values, prepared queries."""
