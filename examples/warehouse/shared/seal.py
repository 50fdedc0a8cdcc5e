"""The seal on a label: by the secret LABEL_KEY, which nobody has ever seen."""

from __future__ import annotations

import hmac
import os


def sealed(text: str) -> str:
    """The text's seal, in hexadecimal digits: the same in every service that has the secret."""
    return hmac.new(os.environ["LABEL_KEY"].encode(), text.encode(), "sha256").hexdigest()
