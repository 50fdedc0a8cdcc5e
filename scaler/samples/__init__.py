"""What was measured: a row a tick and shard, and a row a service and hour."""
