from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """Half an hour of requests that rise and fall."""
    path = tmp_path / "web_made.csv"
    counts = 300 + 250 * np.sin(np.arange(30) / 5)
    lines = [f"{60 * index},{count:.0f}" for index, count in enumerate(counts)]
    path.write_text("\n".join(["t_seconds,requests", *lines, ""]))
    return path
