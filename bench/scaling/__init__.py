"""The benchmark that judges the scaler: real demand, the peers, the clairvoyant optimum."""
