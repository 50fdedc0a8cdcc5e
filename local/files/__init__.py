"""The web server of static services on one bare machine: WhiteNoise behind gunicorn."""
