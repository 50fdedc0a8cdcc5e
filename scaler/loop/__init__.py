"""The scaling loop: sample a cell, decide about its shards, store and apply what is decided."""
