"""The parts of pages that keep themselves current."""
