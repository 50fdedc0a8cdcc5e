"""A release command: it says what it does, and fails with `--broken`."""

from __future__ import annotations

import sys

print("step 1 of 2: done", flush=True)
if "--broken" in sys.argv:
    sys.exit("step 2 of 2: column greeting is missing")
print("step 2 of 2: done")
