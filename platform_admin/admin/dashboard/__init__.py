"""What operators need at three in the morning: the first page of their admin."""
