"""What may be asked for on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.loop.arguments import SIZES, parse


def test_all_sizes_are_measured_unless_one_is_named() -> None:
    assert parse([], {}).sizes == SIZES
    assert parse(["--services", "250"], {}).sizes == (250,)


def test_a_file_counts_from_where_the_command_was_called() -> None:
    asked = parse(
        ["--services", "100", "--json", "out.json"], {"MUSTER_CALLED_FROM": "/home/alice"}
    )

    assert asked.json == Path("/home/alice/out.json")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--json", "out.json"], "it needs --services"),
        (["--services", "5"], "--services is 5; expected 20 to"),
        (["--services", "1000000"], "--services is 1000000; expected"),
        (["--ticks", "1"], "--ticks is 1; expected 2 to"),
        (["--interval", "0"], "--interval is 0; expected 2 to 60"),
    ],
)
def test_what_can_not_be_measured_is_refused_by_name(
    argv: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(argv, {})
    assert said in capsys.readouterr().err
