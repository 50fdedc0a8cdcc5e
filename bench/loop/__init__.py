"""`./run bench loop`: what the scaling loop costs, and how long a breach waits for its count."""
