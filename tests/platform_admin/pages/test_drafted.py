from __future__ import annotations

from dataclasses import replace

from jobs.document import ConstraintDoc, Document, PortDoc, RestartDoc, ServiceDoc, diff
from platform_admin.pages.drafted import parts

WEB = ServiceDoc("web", "web", port=8080)
SET = replace(
    WEB,
    ports=(PortDoc("metrics", 9100),),
    constraints=(
        ConstraintDoc("attr.cpu.arch", "=", "arm64"),
        ConstraintDoc("node.class", "is_set"),
    ),
    restart=RestartDoc(attempts=5, interval_s=600, delay_s=30),
    memory_max_mb=512,
    kill_signal="SIGINT",
)


def said(before: ServiceDoc | None, after: ServiceDoc) -> dict[str, tuple[str, str]]:
    """What the plan says of each field."""
    old = Document("shop", "production", (before,) if before else ())
    (part,) = parts(diff(old, Document("shop", "production", (after,))))
    return {field.name: (field.before, field.after) for field in part.fields}


def test_options_are_told_in_words() -> None:
    assert said(WEB, SET) == {
        "constraints": ("", "attr.cpu.arch = arm64; node.class is_set"),
        "signal to end": ("", "SIGINT"),
        "memory to borrow (MB)": ("", "512"),
        "port metrics": ("", "9100"),
        "restart rule": ("", "5 times in 600 s, 30 s apart"),
    }


def test_a_part_of_a_restart_rule_is_told_alone() -> None:
    slower = replace(SET, restart=RestartDoc(attempts=5, interval_s=600, delay_s=60))
    assert said(SET, slower) == {"restarts apart by (s)": ("30", "60")}


def test_a_new_service_tells_each_of_its_ports() -> None:
    assert said(None, SET)["port metrics"] == ("", "9100")
