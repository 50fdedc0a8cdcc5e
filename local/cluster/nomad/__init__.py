"""Nomad's side: jobs, what becomes of them, and running their tasks."""
