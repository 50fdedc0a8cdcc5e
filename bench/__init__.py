"""What judges Muster's decisions by measuring them."""
