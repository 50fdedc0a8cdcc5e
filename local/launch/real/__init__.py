"""`./run --real`: nomad, consul and traefik from the PATH as agents of this start."""
