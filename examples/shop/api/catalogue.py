"""What the shop sells; migrate.py brings it into the redis."""

from __future__ import annotations

ITEMS = [
    {"id": "kettle", "name": "Copper kettle", "price": "42.00", "hue": 24},
    {"id": "lamp", "name": "Desk lamp", "price": "65.00", "hue": 48},
    {"id": "plant", "name": "Potted fern", "price": "18.50", "hue": 140},
    {"id": "mug", "name": "Stoneware mug", "price": "14.00", "hue": 200},
    {"id": "chair", "name": "Reading chair", "price": "240.00", "hue": 280},
    {"id": "quilt", "name": "Woollen quilt", "price": "120.00", "hue": 340},
]
