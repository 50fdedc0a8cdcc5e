from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from pytest_django import Settings

from jobs import resolver
from jobs.errors import Unavailable

RECORDS = {
    ("_muster.a.test.", "TXT"): ['"one" "two"', '"three"'],
    ("a.test.", "A"): ["192.0.2.1"],
    ("a.test.", "AAAA"): ["2001:DB8::1"],
}


@pytest.fixture
def server(settings: Settings) -> Iterator[None]:
    """A DNS server that knows RECORDS, refuses `refused.test.` and knows no other name."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind(("127.0.0.1", 0))
    settings.MUSTER_RESOLVER = f"127.0.0.1:{listening.getsockname()[1]}"
    thread = threading.Thread(target=_serve, args=(listening,))
    thread.start()
    yield
    ending = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ending.sendto(b"", listening.getsockname())
    thread.join()
    ending.close()
    listening.close()


def _serve(listening: socket.socket) -> None:
    while True:
        asked, who = listening.recvfrom(4096)
        if not asked:
            return
        listening.sendto(_answer(dns.message.from_wire(asked)), who)


def _answer(asked: dns.message.Message) -> bytes:
    [question] = asked.question
    name, kind = str(question.name), dns.rdatatype.to_text(question.rdtype)
    answer = dns.message.make_response(asked)
    answer.flags |= dns.flags.RA
    if found := RECORDS.get((name, kind)):
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *found))
    elif name == "refused.test.":
        answer.set_rcode(dns.rcode.REFUSED)
    elif not any(name == known for known, _ in RECORDS):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer.to_wire()


@pytest.mark.usefixtures("server")
def test_a_text_record_is_read_with_its_pieces_joined() -> None:
    assert resolver.texts("_muster.a.test") == {"onetwo", "three"}
    assert resolver.texts("a.test") == set()
    assert resolver.texts("b.test") == set()


@pytest.mark.usefixtures("server")
def test_addresses_are_of_both_kinds_and_an_address_is_its_own() -> None:
    assert resolver.addresses("a.test") == {"192.0.2.1", "2001:db8::1"}
    assert resolver.addresses("b.test") == set()
    assert resolver.addresses("2001:DB8::2") == {"2001:db8::2"}


@pytest.mark.usefixtures("server")
def test_no_answer_is_not_no_record() -> None:
    with pytest.raises(Unavailable, match=r"refused\.test"):
        resolver.texts("refused.test")
