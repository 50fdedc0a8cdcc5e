"""How moments are written where nothing else is said: to the second, so that they compare."""

from __future__ import annotations

DATETIME_FORMAT = "Y-m-d H:i:s e"
DATE_FORMAT = "Y-m-d"
TIME_FORMAT = "H:i:s"
