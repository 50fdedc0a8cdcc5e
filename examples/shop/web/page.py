"""The shop's page as HTML."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template
from typing import Any

from serve import INSTANCE, VERSION

Json = dict[str, Any]
_PAGE = Template((Path(__file__).parent / "page.html").read_text())
_ITEM = Template(
    '<li class="item" style="--hue: $hue"><span class="swatch" aria-hidden="true"></span>'
    '<span class="name">$name</span><span class="price">$price €</span>'
    '<form method="post" action="order"><input type="hidden" name="item" value="$id">'
    '<button aria-label="Order $name">Order</button></form></li>'
)
_ORDER = Template("<li><b>$item</b> packed by worker <code>$worker</code>, version $version</li>")
_AWAY = Template('<li class="away">$what does not answer just now. Try again in a moment.</li>')


def page(catalogue: Json | None, orders: list[Json] | None) -> str:
    """The page; None stands for a part that does not answer."""
    return _PAGE.substitute(
        version=escape(VERSION),
        instance=escape(short(INSTANCE)),
        api=escape(short(catalogue["instance"])) if catalogue else "nobody",
        items=_items(catalogue),
        orders=_orders(orders),
    )


def short(instance: str) -> str:
    """The first part of an instance's id, as people read it."""
    return instance[:8] or "local"


def _items(catalogue: Json | None) -> str:
    if catalogue is None:
        return _AWAY.substitute(what="The catalogue")
    return "\n".join(_ITEM.substitute(_escaped(item)) for item in catalogue["items"])


def _orders(orders: list[Json] | None) -> str:
    if orders is None:
        return _AWAY.substitute(what="The store of orders")
    if not orders:
        return "<li>Nothing ordered yet. Order something: a worker packs it.</li>"
    shown = ({**order, "worker": short(order["worker"])} for order in orders)
    return "\n".join(_ORDER.substitute(_escaped(order)) for order in shown)


def _escaped(values: Json) -> dict[str, str]:
    return {key: escape(str(value)) for key, value in values.items()}
