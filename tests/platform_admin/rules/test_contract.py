from __future__ import annotations

import pytest

from platform_admin.rules.contract import elsewhere, trouble

# As a real Consul 1.8.7 said it.
REFUSED = (
    'Get "http://10.0.0.5:20001/healthz": dial tcp 10.0.0.5:20001: connect: connection refused'
)
LATE = (
    'Get "http://10.0.0.5:20001/slow": context deadline exceeded'
    " (Client.Timeout exceeded while awaiting headers)"
)
RESET = (
    'Get "http://10.0.0.5:20001/x": read tcp 10.0.0.1:48616->10.0.0.5:20001:'
    " read: connection reset by peer"
)
REDIRECTED = 'Get "http://10.0.0.5:1/login": dial tcp 10.0.0.5:1: connect: connection refused'


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (REFUSED, "Nothing listens at 10.0.0.5:20001."),
        (REFUSED, "variable PORT, and at 0.0.0.0, not at 127.0.0.1"),
        ("dial tcp 10.0.0.5:9: connect: connection refused", "Nothing listens at 10.0.0.5:9."),
        (LATE, "/slow was not answered in time."),
        ("dial tcp 10.0.0.5:9: i/o timeout", "The port was not answered in time."),
        (RESET, "/x was not answered: the program closed the connection"),
        ('Get "http://10.0.0.5:9/x": EOF', "/x was not answered: the program closed"),
        ('Get "http://10.0.0.5:9/x": malformed HTTP response "SSH-2.0-x"', "not speak HTTP"),
        ('Get "https://10.0.0.5:9/": tls: first record does not look', "The check says: Get"),
        (
            "HTTP GET http://10.0.0.5:9/404: 404 Not Found Output: no\n such page",
            "/404 answers 404 Not Found (“no such page”), and has to answer 200. Choose a path",
        ),
        (
            "HTTP GET http://10.0.0.5:9/: 400 Bad Request Output: ",
            "/ answers 400 Bad Request, and has to answer 200. A framework answers so to a host",
        ),
        ("HTTP GET http://10.0.0.5:9/h: 503 Service Unavailable Output: x", "Its log may say why."),
        ("HTTP GET http://10.0.0.5:9/h: 429 Too Many Requests Output: x", "not queue behind"),
        ("HTTP GET http://10.0.0.5:9/h: 418  Output: ", "/h answers 418, and has to answer 200."),
    ],
)
def test_what_a_check_says_is_put_in_words_with_what_to_do(output: str, said: str) -> None:
    assert said in trouble(output)


def test_a_redirect_to_where_nothing_listens_is_no_fault_of_the_port() -> None:
    # Consul follows it, and names only the address to which it led.
    assert "Nothing listens at 10.0.0.5:1." in trouble(REDIRECTED)
    led = REDIRECTED.replace("dial tcp 10.0.0.5:1:", "dial tcp 10.0.0.9:443:")
    assert "leads on to 10.0.0.9:443, where nothing listens" in trouble(led)


@pytest.mark.parametrize(
    "event",
    [
        "",
        "Task started by client",
        "Exit Code: 1",
        "TCP connect 10.0.0.5:9: Success",
    ],
)
def test_what_is_no_failing_check_is_no_trouble(event: str) -> None:
    assert trouble(event) == ""


def test_a_quoted_answer_is_cut() -> None:
    assert len(trouble(f"HTTP GET http://h/x: 500 Oh Output: {'x' * 4000}")) < 250


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("Listening at: http://0.0.0.0:20001 (7)", ""),
        ("Listening at: http://127.0.0.1:20001 (7)", "listen at 0.0.0.0"),
        ("* Running on http://localhost:5000", "port 5000, the instance's is 20001"),
        ("old 127.0.0.1:1111\nnew [::]:20001", ""),
        ("nothing of the kind", ""),
        ("took 12:30", ""),
    ],
)
def test_a_log_gives_away_where_the_program_listens_instead(log: str, said: str) -> None:
    found = elsewhere(log, 20001)
    assert said in found
    assert bool(found) == bool(said)
