"""Open-loop load: what is sent is sent at its time, whatever the answers are."""
