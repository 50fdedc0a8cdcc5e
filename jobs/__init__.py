"""What to run, and how to ship it."""
