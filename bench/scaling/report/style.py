"""How the report looks, by day and by night, and what hides its curves."""

from __future__ import annotations

LIGHT = ("#1f6feb", "#1a7f37", "#7a8a1f", "#8250df", "#c2610c", "#cf222e", "#6e7781", "#0a7ea4")
DARK = ("#6cb0ff", "#4ac26b", "#c3d154", "#c297ff", "#ffa657", "#ff7b72", "#9aa4af", "#56c8e8")


def _variables(colours: tuple[str, ...]) -> str:
    return " ".join(f"--colour-{place}: {colour};" for place, colour in enumerate(colours))


STYLE = (
    f"""
:root {{ color-scheme: light dark; --ink: #1f2328; --soft: #57606a; --page: #fff; --rule: #e2e7ec;
  --need: #dfe5eb; --own: #fff8c5; {_variables(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #e6edf3; --soft: #9aa4af; --page: #0d1117;
  --rule: #262d36; --need: #2b333d; --own: #3a3215; {_variables(DARK)} }} }}
"""
    """
* { box-sizing: border-box }
body { font: 15px/1.55 system-ui, sans-serif; margin: 0 auto; max-width: 1080px;
  padding: 2.5rem 1.25rem 5rem; color: var(--ink); background: var(--page) }
h1, h2, h3 { line-height: 1.2; letter-spacing: -0.01em; text-wrap: balance }
h1 { font-size: 2rem; margin: 0 0 0.75rem } h2 { font-size: 1.35rem; margin: 3.5rem 0 0.75rem }
h3 { font-size: 1.05rem; margin: 3rem 0 0.5rem }
p, ul { max-width: 46rem } .size { color: var(--soft); margin-top: 0 }
figure { margin: 1rem 0 1.75rem }
figcaption { color: var(--soft); font-size: 13px; max-width: 46rem; margin-top: 0.5rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13px }
th, td { padding: 4px 14px 4px 0; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--rule) }
th { font-weight: 600; color: var(--soft); vertical-align: bottom }
th[colspan] { text-align: left; padding-left: 1.2em; color: var(--ink); border-bottom: 0 }
th:first-child, td:first-child { text-align: left; position: sticky; left: 0;
  background: var(--page) }
.word { text-align: left }
tr.best td { font-weight: 700 } tr.own td { background: var(--own) }
tr.sum td { border-bottom: 0; font-style: italic }
summary { cursor: pointer; padding: 0.4rem 0; font-weight: 600 }
details figure { margin: 0.25rem 0 1.25rem }
svg { width: 100%; min-width: 680px; height: auto; display: block }
svg text { font-size: 12px; fill: var(--soft) } svg text.label { fill: var(--ink) }
.rule { stroke: var(--rule) } .need { fill: var(--need) }
polyline { fill: none; stroke-width: 1.5; stroke-linejoin: round }
polyline.tuned { stroke-dasharray: 5 2.5 }
polyline.optimum { stroke: var(--ink); stroke-width: 1.75 }
g.optimum circle { fill: var(--ink); stroke: var(--ink) }
circle { stroke-width: 2 } g.default circle { fill: var(--page) }
#legend { position: sticky; top: 0; z-index: 1; background: var(--page); padding: 8px 0;
  font-size: 13px; border-bottom: 1px solid var(--rule); display: grid; gap: 2px 18px;
  grid-template-columns: repeat(auto-fill, minmax(15.5rem, 1fr)) }
#legend label { display: flex; align-items: center; gap: 6px; white-space: nowrap; cursor: pointer }
#legend input { accent-color: currentColor; margin: 0 }
#legend i { width: 22px; border-top: 2px solid currentColor }
#legend .tuned i { border-top-style: dashed }
@media (max-width: 640px) { #legend { position: static } body { padding-top: 1.5rem }
  h1 { font-size: 1.6rem } }
"""
    + "\n".join(
        f"polyline.colour-{place}, g.colour-{place} circle {{ stroke: var(--colour-{place}) }} "
        f"g.colour-{place}.tuned circle {{ fill: var(--colour-{place}) }} "
        f"label.colour-{place} {{ color: var(--colour-{place}) }}"
        for place in range(len(LIGHT))
    )
)

SCRIPT = """
function show(box) {
  for (const line of document.querySelectorAll('polyline.' + box.value))
    line.style.display = box.checked ? '' : 'none';
}
for (const box of document.querySelectorAll('#legend input')) {
  show(box);
  box.addEventListener('change', () => show(box));
}
"""
