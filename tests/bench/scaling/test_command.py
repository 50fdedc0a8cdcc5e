"""The command: one run as JSON, and the report's files."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from bench.scaling.__main__ import main
from bench.scaling.policies import POLICIES
from bench.scaling.progress import Progress

FIELDS = (
    "trace", "policy", "startup_s", "seed", "j", "j_opt", "ratio", "late_share", "instance_s",
    "changes",
)  # fmt: skip


@pytest.fixture
def jobs(tmp_path: Path) -> Path:
    """Half an hour of jobs."""
    path = tmp_path / "worker_made.csv"
    lines = [f"{60 * index},{index % 7}" for index in range(30)]
    path.write_text("\n".join(["t_seconds,jobs", *lines, ""]))
    return path


@pytest.mark.parametrize("kind", ["trace", "jobs"])
@pytest.mark.parametrize("name", POLICIES)
def test_one_run_is_printed_as_json(
    kind: str, name: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    path = request.getfixturevalue(kind)
    code = main(["--trace", str(path), "--startup", "30", "--policy", name, "--json"])
    run = json.loads(capsys.readouterr().out)

    assert code == 0
    assert tuple(run) == FIELDS
    assert (run["trace"], run["policy"], run["startup_s"]) == (path.stem, name, 30)
    assert run["ratio"] == pytest.approx(run["j"] / run["j_opt"], rel=1e-4)
    assert run["instance_s"] >= 1800


def test_the_same_seed_gives_the_same_run_and_another_one_another(
    trace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--trace", str(trace), "--policy", "keda", "--json", "--seed"]
    runs = []
    for seed in ("0", "0", "1"):
        main([*arguments, seed])
        runs.append(json.loads(capsys.readouterr().out)["j"])

    assert runs[0] == runs[1] != runs[2]


def test_a_bad_trace_ends_with_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--trace", str(tmp_path / "web_none.csv"), "--policy", "hpa", "--json"])

    assert code == 2
    assert "there is no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--policy", "none"], "invalid choice: 'none'"),
        (["--startup", "0"], "--startup is 0; expected 1 to 3600 seconds"),
        (["--startup", "4000"], "--startup is 4000; expected 1 to 3600 seconds"),
        (["--startup", "soon"], "invalid int value: 'soon'"),
        (["--seed", "-1"], "--seed is -1; expected 0 or more"),
    ],
)
def test_an_odd_choice_ends_with_what_is_expected(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)

    assert said in capsys.readouterr().err


def test_nothing_is_measured_where_the_report_cannot_go(
    trace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--trace", str(trace), "--out", str(trace)])

    assert code == 2
    assert f"--out is {trace}: File exists; expected a folder" in capsys.readouterr().err


def test_a_high_seed_needs_no_more_than_a_low_one(
    jobs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--trace", str(jobs), "--policy", "hpa", "--json", "--seed", "4000000000"])

    assert (code, json.loads(capsys.readouterr().out)["seed"]) == (0, 4_000_000_000)


def test_json_needs_a_trace_and_a_policy(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--json"])

    assert "needs --trace and --policy" in capsys.readouterr().err


def test_a_report_is_a_page_with_csv_and_json_beside_it(trace: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code = main(["--quick", "--trace", str(trace), "--policy", "static", "--out", str(out)])
    page = (out / "scaling.html").read_text()
    rows = list(csv.DictReader(io.StringIO((out / "scaling.csv").read_text())))

    assert code == 0
    assert "No policy of Muster was measured" in page
    assert page.count("<svg") == 2
    assert "http" not in page.replace("http://www.w3.org", "")
    assert [row["tuned"] for row in rows] == ["False", "True"]
    assert float(rows[1]["j"]) <= float(rows[0]["j"])
    assert float(rows[0]["ratio_over_rates"]) > float(rows[0]["ratio"])
    assert len(json.loads((out / "scaling.json").read_text())["rows"]) == 2


def test_progress_is_a_line_a_task_where_nobody_watches() -> None:
    stream = io.StringIO()
    Progress(2, stream).step("web_a, hpa", 3.2)

    assert stream.getvalue() == "1/2 web_a, hpa, after 3 s\n"
