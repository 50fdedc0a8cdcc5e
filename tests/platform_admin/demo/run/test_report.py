from __future__ import annotations

import json
from dataclasses import replace

from platform_admin.demo.run.plan import PHASES
from platform_admin.demo.run.report import as_json
from platform_admin.demo.run.summary import summary
from platform_admin.demo.run.verdict import judged
from tests.platform_admin.demo.run.made import count, decision, good, phase


def test_the_json_has_what_the_summary_has() -> None:
    written = json.loads(json.dumps(as_json(judged(good(), PHASES, drain_s=30))))

    assert written["ok"] is True
    assert written["machine"] == {"load": 1.7, "processors": 2}
    assert [each["name"] for each in written["phases"]] == ["A", "B", "C"]
    first, second, _ = written["phases"]
    assert first["requests"] == {"total": 5000, "late": 40, "failed": 0}
    assert first["jobs"] == {"enqueued": 300, "done": 300, "doubled": 0, "lost": 0}
    assert (first["breach_to_request_s"], first["breach_to_healthy_s"]) == (4.2, 9.8)
    assert (first["changes"], first["held"]) == (1, [])
    assert (second["changes"], len(second["held"])) == (0, 1)
    assert second["held"][0]["by_quota"] is True
    assert written["counts"][1] == {
        "time": "2026-11-25T12:00:40+00:00",
        "service": "web",
        "desired": 5,
        "healthy": 2,
        "minimum": 2,
        "maximum": 10,
    }


def test_a_change_that_the_quota_cut_is_a_change_and_held() -> None:
    found = phase("B", (decision(1, 4, 6, quota=(9, 6)), decision(2, 6, 6), decision(3, 6, 4)))

    assert found.changes == 2
    assert [each.after for each in found.held] == [6, 6]


def test_the_summary_ends_with_the_verdict() -> None:
    report = judged(good(), PHASES, drain_s=30)
    assert summary(report).endswith("\nEverything was as it should be.")

    worse = judged(replace(good(), counts=(count(9, 11, 2),)), PHASES, drain_s=30)
    assert summary(worse).endswith(
        "\nNot as it should be:\n  web was to have 11 at 12:00:09, outside of 2 to 10."
    )


def test_the_summary_has_a_column_a_phase() -> None:
    lines = summary(good()).splitlines()

    assert lines[0].split() == ["phase", "A", "phase", "B", "phase", "C"]
    assert "requests                            5000          5000          5000" in lines
    assert "  by the quota                         0             1             0" in lines
    assert "web      2 to 5 instances, 2 at the end; bounds 2 to 10" in lines
    assert "the team at most 16 instances, of a quota of 16" in lines
    assert "the machine's load at most 1.7, on 2 processors" in lines
