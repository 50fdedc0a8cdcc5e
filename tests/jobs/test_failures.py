"""From the wire to the error tree."""

from __future__ import annotations

import pytest
import requests

from jobs.errors import ClusterError, Conflict, Forbidden, Missing, Refused, Unavailable
from jobs.failures import kind_of, unreachable, words


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, Refused),
        (400, Refused),
        (403, Forbidden),
        (404, Missing),
        (409, Conflict),
        (413, Refused),
        (429, Unavailable),
        (501, Refused),
        (502, Unavailable),
        (503, Unavailable),
        (504, Unavailable),
    ],
)
def test_a_status_has_its_kind(status: int, kind: type[ClusterError]) -> None:
    assert kind_of(status) is kind


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (requests.ConnectTimeout("s3cret"), Unavailable, "cannot be reached"),
        (requests.ConnectionError("s3cret"), Unavailable, "cannot be reached"),
        (requests.ReadTimeout("s3cret"), Unavailable, "did not answer in time"),
        (requests.exceptions.SSLError("s3cret"), Unavailable, "check the CA file"),
        (requests.exceptions.ChunkedEncodingError("s3cret"), Unavailable, "ChunkedEncodingError"),
        (requests.TooManyRedirects("s3cret"), Refused, "redirect"),
        (requests.exceptions.InvalidURL("s3cret"), Refused, "InvalidURL"),
    ],
)
def test_no_answer_is_said_in_words_without_the_librarys(
    error: Exception, kind: type[ClusterError], text: str
) -> None:
    found = unreachable(error, "nomad", "http://n:4646")
    assert type(found) is kind
    assert text in str(found)
    assert "http://n:4646" in str(found)
    assert "s3cret" not in str(found)
    assert (found.server, found.status) == ("nomad", None)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"job not found", "job not found"),
        (b"1 error occurred:\n\t* a\n\n", "1 error occurred: * a"),
        (b'{"Items": {"PASSWORD": "s3cret"}}', ""),
        (b"<html>bad gateway</html>", ""),
        (b"x" * 900, "x" * 500),
        (b"\xff", "\ufffd"),
    ],
)
def test_a_text_is_one_bounded_line_and_a_body_is_left_out(content: bytes, text: str) -> None:
    assert words(content) == text
