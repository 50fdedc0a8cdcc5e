from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from platform_admin.rules.sealed import Keys, parse_keys


def keys() -> Keys:
    """The encryption keys of the settings."""
    return _parsed(settings.MUSTER_ENCRYPTION_KEYS)


@lru_cache(maxsize=4)
def _parsed(text: str) -> Keys:
    return parse_keys(text)
