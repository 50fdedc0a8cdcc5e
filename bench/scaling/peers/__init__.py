"""How other autoscalers decide, by their documentation and source; a file a rule or a peer."""
