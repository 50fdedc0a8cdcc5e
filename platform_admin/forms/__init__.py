"""What people type, parsed: forms read values and show errors, verbs decide."""
