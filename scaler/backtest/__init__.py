"""What was decided, and what would have been, over a service's own past. Pure."""
