"""What instances wrote, read from Nomad in pieces that join on without a gap."""
