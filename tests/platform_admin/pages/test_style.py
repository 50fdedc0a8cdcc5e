"""What the templates and the style sheet promise: small, without inline code, readable."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"
TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
INLINE = re.compile(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=|hx-on|hx-vals=.?js:")
AA = 4.5


def test_all_styles_together_are_under_30_kilobytes() -> None:
    assert sum(path.stat().st_size for path in CSS.glob("*.css")) < 30_000


def test_the_entry_imports_every_component_once() -> None:
    imported = re.findall(r'@import url\("([a-z]+\.css)"\)', (CSS / "muster.css").read_text())

    assert sorted(imported) == sorted({path.name for path in CSS.glob("*.css")} - {"muster.css"})


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.name))
def test_a_template_has_no_inline_script_or_style(path: Path) -> None:
    assert INLINE.search(path.read_text()) is None


def test_htmx_writes_no_style_that_the_content_policy_refuses() -> None:
    base = (Path(settings.BASE_DIR) / "templates" / "base.html").read_text()
    found = re.search(r"name=\"htmx-config\" content='([^']*)'", base)
    assert found is not None
    config = json.loads(found.group(1))

    assert config["includeIndicatorStyles"] is False
    assert "style" not in config["attributesToSettle"]


def test_tabs_that_go_on_fade_at_the_edges_of_a_phone() -> None:
    phone = (CSS / "page.css").read_text().split("@media (max-width: 640px)")[1]
    tabs = phone.split(".tabs {")[1].split("}")[0]

    assert "mask: linear-gradient(90deg, #0000" in tabs


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "surface", "sunken"])
def test_text_stands_out_from_its_ground_as_wcag_aa_asks(theme: str, ground: str) -> None:
    colours = themes()[theme]
    words = ["ink", "ink-soft", "accent", "healthy", "starting", "degraded", "failed", "changed"]

    weak = {
        word: contrast(colours[word], colours[ground])
        for word in [*words, "off"]
        if contrast(colours[word], colours[ground]) < AA
    }

    assert weak == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_on_buttons_and_washes_are_readable(theme: str) -> None:
    colours = themes()[theme]
    pairs = [("on-accent", "accent"), ("on-accent", "accent-deep"), ("accent", "accent-wash")]
    pairs += [("ink", f"{wash}-wash") for wash in ("failed", "degraded", "healthy", "changed")]
    pairs += [("changed", "changed-wash"), ("ink-soft", "accent-wash")]

    assert {p: r for p in pairs if (r := contrast(colours[p[0]], colours[p[1]])) < AA} == {}


def themes() -> dict[str, dict[str, str]]:
    light, dark = (CSS / "tokens.css").read_text().split("@media (prefers-color-scheme: dark)")
    found = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", text)) for text in (light, dark)]
    return {"light": found[0], "dark": found[0] | found[1]}


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2's relative luminances."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
