from __future__ import annotations

import io
import re

from local.launch.show import Show, ending


def test_a_stage_is_one_line_with_its_seconds() -> None:
    out = io.StringIO()

    with Show(out).stage("Postgres"):
        pass

    assert re.fullmatch(r"Postgres +0\.0 s\n", out.getvalue())


def test_what_is_said_within_a_stage_stands_on_its_own_line() -> None:
    out = io.StringIO()
    show = Show(out)

    with show.stage("The example app"):
        show.say("  Register web")

    first, said, last = out.getvalue().splitlines()
    assert (first.strip(), said) == ("The example app", "  Register web")
    assert re.fullmatch(r" +0\.0 s", last)


def test_a_terminal_that_is_gone_does_not_end_the_start() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    show = Show(Gone())

    with show.stage("Postgres"):
        show.say("anything")


def test_the_end_names_address_people_example_and_how_to_stop() -> None:
    block = ending("http://127.0.0.1:8000", "olga secret operator\n", "http://a\nhttp://b\n", "/l")

    assert block.splitlines()[1:-1] == [
        "Muster is ready: http://127.0.0.1:8000",
        "Sign in as (name, password):",
        "  olga secret operator",
        "The example app answers at:",
        "  http://a",
        "  http://b",
        "Logs: /l",
        "Stop everything with Ctrl-C.",
    ]
