from __future__ import annotations

from pathlib import Path

import pytest

from local.launch.arguments import parse, parse_demo
from local.launch.problem import Problem


def test_without_arguments_it_is_the_folders_port_and_the_checkouts_folder() -> None:
    chosen = parse([], {})

    assert (chosen.port, chosen.bind, chosen.real) == (None, "127.0.0.1", False)
    assert chosen.state == Path(".muster").resolve()


def test_a_relative_folder_counts_from_where_run_was_called() -> None:
    chosen = parse(["--state", "mine"], {"MUSTER_CALLED_FROM": "/home/me"})

    assert chosen.state == Path("/home/me/mine")


def test_an_absolute_folder_stays() -> None:
    chosen = parse(["--state", "/srv/muster"], {"MUSTER_CALLED_FROM": "/home/me"})

    assert chosen.state == Path("/srv/muster")


def test_real_agents_have_a_folder_of_their_own() -> None:
    assert parse(["--real"], {}).state.name == ".muster-real"


def test_the_shop_is_the_example_where_no_other_is_named() -> None:
    assert parse([], {}).example == "shop"
    assert parse(["--example", "warehouse"], {}).example == "warehouse"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--state", ""], "an empty name is no folder"),
        (["--example", "zoo"], "choose from"),
        (["--bind", "1.2.3.4"], "choose from"),
        (["--port", "abc"], "invalid int value"),
    ],
)
def test_what_makes_no_sense_is_refused(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(arguments, {})
    assert said in capsys.readouterr().err


def test_others_are_let_in_only_by_an_address_that_is_named() -> None:
    with pytest.raises(Problem, match="MUSTER_URL"):
        parse(["--bind", "0.0.0.0"], {})
    assert parse(["--bind", "0.0.0.0"], {"MUSTER_URL": "http://muster:8000"}).bind == "0.0.0.0"


def test_the_demo_takes_what_a_start_takes_and_a_file() -> None:
    environ = {"MUSTER_CALLED_FROM": "/home/me"}
    chosen = parse_demo(["--port", "8700", "--real", "--json", "summary.json"], environ)

    assert (chosen.port, chosen.real) == (8700, True)
    assert chosen.json == Path("/home/me/summary.json")
    assert parse_demo([], environ).json is None
