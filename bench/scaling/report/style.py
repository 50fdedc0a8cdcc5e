"""How the report looks, and what hides its curves."""

from __future__ import annotations

COLOURS = (
    "#1f6feb",
    "#1a7f37",
    "#6a9a2d",
    "#8250df",
    "#d97706",
    "#cf222e",
    "#6e7781",
    "#0a7ea4",
)

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 1080px; padding: 0 1rem;
  color: #1f2328; background: #fff }
h1, h2, h3 { line-height: 1.2 } h2 { margin-top: 2.5rem } h3 { margin-top: 2rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13px }
th, td { padding: 2px 10px 2px 0; text-align: right; border-bottom: 1px solid #eaeef2;
  white-space: nowrap }
th:first-child, td:first-child { text-align: left }
td.best { font-weight: 700 } tr.own td { background: #fff8c5 }
.wide { overflow-x: auto } summary { cursor: pointer; margin: 0.5rem 0 }
svg { width: 100%; height: auto; display: block } svg text { font-size: 11px; fill: #57606a }
.rule { stroke: #eaeef2 } .need { fill: #d0d7de }
polyline { fill: none; stroke-width: 1.4 } polyline.tuned { stroke-dasharray: 5 2 }
polyline.optimum { stroke: #000 } g.optimum circle { fill: #000 } label.optimum { color: #000 }
g.default circle { fill: #fff; stroke-width: 2 }
#legend { position: sticky; top: 0; background: #fffffff0; padding: 6px 0; font-size: 13px;
  border-bottom: 1px solid #eaeef2 }
#legend label { margin-right: 14px; display: inline-block } [hidden] { display: none }
""" + "\n".join(
    f"polyline.colour-{place}, g.colour-{place} circle {{ stroke: {colour} }} "
    f"g.colour-{place}.tuned circle {{ fill: {colour} }} label.colour-{place} {{ color: {colour} }}"
    for place, colour in enumerate(COLOURS)
)

SCRIPT = """
const boxes = document.querySelectorAll('#legend input');
function show(box) {
  for (const line of document.querySelectorAll('polyline.' + box.value))
    line.style.display = box.checked ? '' : 'none';
}
for (const box of boxes) { show(box); box.addEventListener('change', () => show(box)); }
"""
