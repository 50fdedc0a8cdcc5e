"""A cell's rows as weeks of deployments would have left them, and what the cluster says of them."""
