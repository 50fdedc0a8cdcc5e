"""The model of a run, and what a clairvoyant would have paid for it. Pure."""
