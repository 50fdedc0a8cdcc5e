"""What the plots are drawn with."""

from __future__ import annotations

from html import escape

WIDTH = 960
LEFT, RIGHT, TOP, BOTTOM = 60, 12, 22, 26


def rule(x1: float, y1: float, x2: float, y2: float) -> str:
    """A line of the grid."""
    return f'<path class="rule" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>'


def text(x: float, y: float, words: str, anchor: str = "start", mark: str = "") -> str:
    """Words at a point; `anchor` is the end of them that lies there."""
    look = f'text-anchor="{anchor}"' + (f' class="{mark}"' if mark else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(words)}</text>'


def svg(inside: str, height: float, title: str) -> str:
    """The picture, in a box that scrolls on narrow screens; `title` is for those who hear it."""
    return (
        f'<div class="wide"><svg viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}">{inside}</svg></div>'
    )
