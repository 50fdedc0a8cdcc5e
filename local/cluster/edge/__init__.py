"""The edge: rules, layers, weights, balancing, proxying, metrics."""
