"""Starts every process of Muster on one machine, and stops them again."""
