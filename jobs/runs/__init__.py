"""Runs of commands: started, watched to their end, and kept when Nomad forgets them."""
