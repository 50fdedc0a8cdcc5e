"""An environment drawn: the edge, its services and resources, and who calls whom."""
