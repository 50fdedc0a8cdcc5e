from __future__ import annotations

from pathlib import Path

from local.launch.arguments import parse


def test_without_arguments_it_is_port_8000_and_the_checkouts_folder() -> None:
    chosen = parse([], {})

    assert (chosen.port, chosen.bind, chosen.real) == (8000, "127.0.0.1", False)
    assert chosen.state == Path(".muster").resolve()


def test_a_relative_folder_counts_from_where_run_was_called() -> None:
    chosen = parse(["--state", "mine"], {"MUSTER_CALLED_FROM": "/home/me"})

    assert chosen.state == Path("/home/me/mine")


def test_an_absolute_folder_stays() -> None:
    chosen = parse(["--state", "/srv/muster"], {"MUSTER_CALLED_FROM": "/home/me"})

    assert chosen.state == Path("/srv/muster")


def test_real_agents_have_a_folder_of_their_own() -> None:
    assert parse(["--real"], {}).state.name == ".muster-real"
