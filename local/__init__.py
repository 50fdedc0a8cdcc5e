"""What exists only so that one bare machine can run the platform."""
