"""How many instances to run."""
