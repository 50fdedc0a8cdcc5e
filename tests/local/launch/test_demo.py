"""Following the run of the demo: a small program stands for manage.py."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from local.launch import demo
from local.launch.arguments import Arguments
from local.launch.show import Show
from local.launch.state import hold
from local.launch.stop import Stopped

TELLS = """
import os, sys
print(sys.argv[1:], os.environ["MUSTER_URL"], flush=True)
sys.exit({code})
"""
ENDS_WHEN_TOLD = """
import signal, sys
def end(number, frame):
    print("put back", flush=True)
    sys.exit(1)
signal.signal(signal.SIGTERM, end)
print("going on", flush=True)
signal.pause()
"""
ENV = {"MUSTER_URL": "http://127.0.0.1:8000"}


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Arguments:
    """The arguments of a run in a checkout of its own, on a state folder of its own."""
    monkeypatch.setattr(demo, "CHECKOUT", tmp_path)
    (tmp_path / "state" / "logs").mkdir(parents=True)
    return Arguments(8000, tmp_path / "state", "127.0.0.1", real=False)


def program(asked: Arguments, text: str) -> None:
    (asked.state.parent / "manage.py").write_text(text)


def nothing() -> None:
    """Waits for nothing."""


@pytest.mark.parametrize(("code", "expected"), [(0, 0), (1, 1), (2, 1)])
def test_the_run_is_followed_to_its_exit_code(asked: Arguments, code: int, expected: int) -> None:
    program(asked, TELLS.format(code=code))
    out = io.StringIO()

    assert demo._run(asked, ENV, Show(out), nothing) == expected
    assert out.getvalue() == "['demo'] http://127.0.0.1:8000\n"


def test_what_an_earlier_run_said_is_not_said_again(asked: Arguments) -> None:
    program(asked, TELLS.format(code=0))
    demo._run(asked, ENV, Show(io.StringIO()), nothing)
    out = io.StringIO()
    demo._run(asked, ENV, Show(out), nothing)

    assert len(out.getvalue().splitlines()) == 1


def test_the_file_for_the_summary_is_handed_on(asked: Arguments, tmp_path: Path) -> None:
    program(asked, TELLS.format(code=0))
    out, file = io.StringIO(), tmp_path / "summary.json"
    demo._run(Arguments(8000, asked.state, "", False, file), ENV, Show(out), nothing)

    assert f"['demo', '--json', '{file}']" in out.getvalue()


def test_a_run_that_is_interrupted_puts_back_what_it_changed(asked: Arguments) -> None:
    program(asked, ENDS_WHEN_TOLD)
    out = io.StringIO()

    def wait() -> None:
        if "going on" in out.getvalue():
            raise Stopped

    assert demo._run(asked, ENV, Show(out), wait) == 1
    assert out.getvalue().splitlines() == [
        "going on",
        "Putting back what the demo has changed ...",
        "put back",
    ]


def test_it_runs_beside_a_muster_that_runs_already(
    asked: Arguments, capsys: pytest.CaptureFixture[str]
) -> None:
    program(asked, TELLS.format(code=0))
    running = hold(asked.state)
    running.announce(ENV["MUSTER_URL"], ENV)

    assert demo.demo(["--state", str(asked.state)], {}) == 0
    assert "['demo'] http://127.0.0.1:8000" in capsys.readouterr().out
    assert json.loads((asked.state / "settings.json").read_text()) == ENV
