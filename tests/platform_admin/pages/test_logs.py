"""The logs of a service's instances, with a Nomad that answers over a socket."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from jobs import servers
from jobs.logs import read
from platform_admin.live import log_pane
from platform_admin.models import Instance, Service
from tests.jobs.logs.written import Written, serving
from tests.platform_admin.pages.nomad import nomad
from tests.platform_admin.pages.site import Site

PAGE = "/shop/production/web/logs/"
NEWER, EARLIER, WHOSE = (f"{PAGE}live/{name}/" for name in ("newer", "earlier", "whose"))
Write = Callable[..., Written]


@pytest.fixture
def web(site: Site) -> Service:
    """A live service with one instance that runs."""
    found = site.service()
    site.live(found)
    return found


@pytest.fixture
def writes(tmp_path: Path, settings: Settings) -> Iterator[Write]:
    """Makes an instance one that writes."""
    with serving(tmp_path) as (api, url):
        settings.NOMAD_ADDR = url
        servers.nomad.cache_clear()

        def make(instance: Instance, file_bytes: int = 1_000_000) -> Written:
            return Written(api, url, instance.allocation, file_bytes)

        yield make


def opened(site: Site, address: str = PAGE, **asked: str | int) -> str:
    """What Alice gets there."""
    answer = site.alice.browser.get(address, asked)
    assert answer.status_code in (200, 286), answer.status_code
    return answer.content.decode()


def words(page: str) -> str:
    """What one reads of it."""
    return unescape(re.sub(r"<[^>]+>", "", page))


def asked_next(page: str, part: str) -> str:
    """The address that a part of a page asks for."""
    found = re.search(rf'hx-get="([^"]*live/{part}/[^"]*)"', page)
    assert found, f"nothing asks for {part}"
    return unescape(found[1])


def logged(page: str, stream: str = "stdout") -> str:
    """What stands in the pane of a stream."""
    found = re.search(rf'<pre [^>]*id="log-{stream}"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert found, f"no pane of {stream}"
    return words(found[1])


def test_the_overview_has_the_last_lines_of_both_streams(
    site: Site, web: Service, settings: Settings
) -> None:
    path = f"/v1/client/fs/logs/{web.instances.get().allocation}"
    answers = {"type=stdout": b"served \x1b[1m<b>/</b>\n", "type=stderr": b"a warning\n"}

    with nomad(answers) as (address, asked):
        settings.NOMAD_ADDR = address
        servers.nomad.cache_clear()
        page = opened(site)

    assert asked == [f"GET {path}"] * 2
    assert "served &lt;b&gt;/&lt;/b&gt;" in page
    assert "a warning" in page


def test_logs_that_cannot_be_read_say_why(site: Site, web: Service) -> None:
    assert "Its log could not be read" in opened(site)


def test_what_cannot_be_read_again_stays_as_the_page_has_it(site: Site, web: Service) -> None:
    page = opened(site, f"{PAGE}live/lines/")

    assert re.search(r'<pre [^>]*id="out-[^>]* hx-preserve></pre>', page)


@pytest.mark.parametrize("asked", ["web", "../secret"])
@pytest.mark.parametrize("address", [PAGE, NEWER, EARLIER, WHOSE])
def test_what_is_no_instance_id_does_not_exist(
    site: Site, web: Service, address: str, asked: str
) -> None:
    assert site.alice.browser.get(f"{address}?instance={asked}").status_code == 404


@pytest.mark.parametrize("asked", ["stream=stdin", "at=x", "at=1.2.3", "before=-1.0", "after=1"])
def test_what_is_no_stream_and_no_place_does_not_exist(
    site: Site, web: Service, asked: str
) -> None:
    instance = web.instances.get().allocation

    assert site.alice.browser.get(f"{PAGE}?instance={instance}&{asked}").status_code == 404


def test_an_instance_of_another_service_does_not_exist_here(
    site: Site, web: Service, writes: Write
) -> None:
    other = site.instance(site.service("other"))
    writes(other)(b"a secret of another\n")

    for view in (PAGE, f"{PAGE}download/", EARLIER):
        asked = {"instance": other.allocation, "stream": "stdout", "before": "0.20"}
        assert site.alice.browser.get(view, asked).status_code == 404
    page = opened(site, NEWER, instance=other.allocation, stream="stdout", after="0.0")
    assert "secret" not in page
    assert "forgotten this instance" in page


def test_a_service_that_never_ran_says_when_logs_come(site: Site) -> None:
    site.service()

    assert "No instance has run yet" in opened(site)


def test_every_instance_is_listed_those_that_run_first_then_the_newest(
    site: Site, web: Service
) -> None:
    now = timezone.now()
    for number, (job, ago) in enumerate([("green", 300), ("blue", 200), ("green", 100)], 1):
        at = now - timedelta(seconds=ago)
        site.instance(web, number, job=f"x-{job}", colour=job, ended=True, healthy=False,
                      client_status="failed" if number == 3 else "complete", release=number,
                      started_at=at, ended_at=at + timedelta(seconds=30))  # fmt: skip

    rows = [words(row).split() for row in opened(site).split("<tr>")[2:]]

    assert [(row[1], row[0]) for row in rows] == [
        ("healthy", "shop-production-web-blue[0]"),
        ("failed", "x-green[3]"),
        ("complete", "x-blue[2]"),
        ("complete", "x-green[1]"),
    ]
    assert rows[1][2:9] == ["3", "1", "min", "ago", "1", "min", "ago"]


def test_a_long_list_of_instances_is_opened_by_a_link(site: Site, web: Service) -> None:
    for number in range(1, 24):
        site.instance(web, number, ended=True)

    assert "4 more that ended" in opened(site)
    assert "more that ended" not in opened(site, all=1)
    assert opened(site, all=1).count('<td class="mono">') == 24


def test_an_instance_shows_the_end_of_each_stream_escaped_and_without_codes(
    site: Site, web: Service, writes: Write
) -> None:
    instance = web.instances.get()
    write = writes(instance)
    write(b"\x1b[32mserved\x1b[0m <script>\n")
    write(b"oh no\n", "stderr")

    page = opened(site, instance=instance.allocation)

    assert "served &lt;script&gt;" in page
    assert logged(page).strip() == "served <script>"
    assert logged(page, "stderr").strip() == "oh no"
    assert 'id="log-stderr"' not in opened(site, instance=instance.allocation, stream="stdout")


def test_an_instance_that_wrote_nothing_says_so(site: Site, web: Service, writes: Write) -> None:
    instance = web.instances.get()
    writes(instance)

    assert logged(opened(site, instance=instance.allocation)) == "It has written nothing here yet."
    web.instances.update(ended=True)
    assert logged(opened(site, instance=instance.allocation)) == "It wrote nothing here."


def test_what_comes_is_added_once_and_costs_nothing_while_nothing_comes(
    site: Site, web: Service, writes: Write
) -> None:
    instance = web.instances.get()
    write = writes(instance)
    write(b"one\ntwo and ")
    page = opened(site, instance=instance.allocation, stream="stdout")
    shown = logged(page)

    quiet = site.alice.browser.get(asked_next(page, "newer"))
    write("a half\nthree käse\n".encode()[:-4])
    first = opened(site, asked_next(page, "newer"))
    write("three käse\n".encode()[-4:] + b"four\n")
    second = opened(site, asked_next(first, "newer"))

    assert (shown, quiet.status_code) == ("one\ntwo and ", 204)
    assert words(first).startswith("two and a half\nthree k")
    assert words(second) == "three käse\nfour\n"


def test_an_instance_that_ended_is_shown_to_its_end_and_asked_no_more(
    site: Site, web: Service, writes: Write
) -> None:
    instance = web.instances.get()
    write = writes(instance)
    write(b"one\n")
    page = opened(site, instance=instance.allocation, stream="stdout")
    write(b"the end")
    web.instances.update(ended=True, ended_at=timezone.now())

    last = site.alice.browser.get(asked_next(page, "newer"))

    assert last.status_code == 286
    assert words(last.content.decode()).startswith("the endIt ended 0 s ago: that is all it wrote")
    assert "hx-get" not in last.content.decode()


def test_what_comes_too_fast_is_left_out_and_can_be_read(
    site: Site, web: Service, writes: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, size in (("SHOWN_BYTES", 100), ("NEXT_BYTES", 100), ("FAR_BYTES", 300)):
        monkeypatch.setattr(log_pane, name, size)
    instance = web.instances.get()
    write = writes(instance)
    write(b"first\n")
    page = opened(site, instance=instance.allocation, stream="stdout")
    write(b"".join(f"line {number:03}\n".encode() for number in range(100)))

    fast = opened(site, asked_next(page, "newer"))

    found = re.search(r'href="([^"]+)">([^<]+) came too fast', fast)
    assert found
    assert (found[2], words(fast)[-9:]) == ("801 B", "line 099\n")
    assert "line 000" in logged(opened(site, unescape(found[1])))


def test_a_page_that_has_grown_long_asks_to_be_loaded_anew(
    site: Site, web: Service, writes: Write
) -> None:
    instance = web.instances.get()
    writes(instance)(b"x\n" * 10)

    asked = {"instance": instance.allocation, "stream": "stdout", "after": "0.2"}
    page = opened(site, NEWER, **asked, shown=log_pane.MOST_SHOWN)

    assert "go on from here" in page
    assert "data-live" not in page


def test_one_pages_back_to_the_first_byte_without_a_gap(
    site: Site, web: Service, writes: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_pane, "SHOWN_BYTES", 150)
    monkeypatch.setattr(log_pane, "NEXT_BYTES", 150)
    instance = web.instances.get()
    lines = [f"line {number} käse\n" for number in range(60)]
    writes(instance, 500)("".join(lines).encode())

    page = opened(site, instance=instance.allocation, stream="stdout")
    found = re.sub(r"Earlier: \S+ \S+\n", "", logged(page))
    while "live/earlier/" in page:
        page = opened(site, asked_next(page, "earlier"))
        found = re.sub(r"Earlier: \S+ \S+\n", "", words(page)) + found

    assert found == "".join(lines)


def test_what_nomad_has_dropped_is_said_at_the_begin(
    site: Site, web: Service, writes: Write
) -> None:
    instance = web.instances.get()
    writes(instance, 100)(b"a line\n" * 100)

    page = logged(opened(site, instance=instance.allocation, stream="stdout"))

    assert page.startswith("Nomad keeps nothing that is older.")


def test_a_place_in_the_middle_goes_on_both_ways_and_then_follows(
    site: Site, web: Service, writes: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_pane, "SHOWN_BYTES", 60)
    monkeypatch.setattr(log_pane, "NEXT_BYTES", 60)
    instance = web.instances.get()
    lines = [f"line {number:02}\n" for number in range(20)]
    writes(instance)("".join(lines).encode())

    page = opened(site, instance=instance.allocation, stream="stdout", at="0.80")
    shown = logged(page)
    more = opened(site, asked_next(page, "newer"))

    assert shown.startswith("Earlier: ")
    assert "".join(lines[5:17]) in shown.replace("\n\n", "\n")
    assert "Later: " in shown
    assert words(more) == "".join(lines[17:])
    assert "every 2s" in more


def test_a_search_shows_each_line_with_what_stands_around_it_and_where(
    site: Site, web: Service, writes: Write
) -> None:
    instance = web.instances.get()
    write = writes(instance)
    write(b"before <1>\nThe ERROR was here\nafter\nplain\n")
    write(b"no such thing\n", "stderr")

    page = opened(site, instance=instance.allocation, q="error")
    assert "before &lt;1&gt;" in page
    assert "The <mark>ERROR</mark> was here" in page
    assert "1 line in stdout" in page
    assert "looked through all of 42 B" in page
    assert "No line has “error”" in page

    show = re.search(r'href="([^"]+#hit)"', page)
    assert show
    jumped = opened(site, unescape(show[1]).partition("#")[0])
    assert '<mark id="hit">The ERROR was here</mark>' in jumped
    assert logged(jumped) == "before <1>\nThe ERROR was here\nafter\nplain\n"


def test_a_search_that_stops_early_says_how_far_it_looked_and_goes_on(
    site: Site, web: Service, writes: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.logs.search.MOST_BYTES", 300)
    monkeypatch.setattr("jobs.logs.search.BLOCK_BYTES", 200)
    instance = web.instances.get()
    writes(instance)(b"needle\n" + b"hay\n" * 110)

    page = opened(site, instance=instance.allocation, stream="stdout", q="needle")
    further = re.search(r'href="([^"]+)">Look further back', page)

    assert "0 lines in stdout" in page
    assert "looked through 384 B of 447 B" in page
    assert further
    assert "1 line in stdout" in opened(site, unescape(further[1]))


def test_a_download_is_the_bytes_as_they_were_written(
    site: Site, web: Service, writes: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "DOWNLOADED_BYTES", 10)
    instance = web.instances.get()
    writes(instance)(b"\x1b[31mred\x1b[0m\n\xff raw\n")

    asked = {"instance": instance.allocation, "stream": "stdout"}
    answer = site.alice.browser.get(f"{PAGE}download/", asked)

    assert b"".join(answer) == b"\x1b[31mred\x1b[0m\n\xff raw\n"
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    name = f"shop-production-web-blue-0-{instance.allocation[:8]}.stdout.log"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'


def test_a_download_without_a_nomad_leads_back_and_says_why(site: Site, web: Service) -> None:
    asked = {"instance": web.instances.get().allocation, "stream": "stdout"}

    answer = site.alice.browser.get(f"{PAGE}download/", asked, follow=True)

    assert "could not be read: nomad at" in answer.content.decode()


def test_what_happened_to_an_instance_is_told_in_words(
    site: Site, web: Service, writes: Write
) -> None:
    instance = web.instances.get()
    exit_7 = {"exit_code": "7", "signal": "0", "oom_killed": "false"}
    writes(instance).happened(
        {"Type": "Started", "Time": 1, "DisplayMessage": "Task started by client"},
        {"Type": "Terminated", "Time": 2, "DisplayMessage": "Exit Code: 7", "Details": exit_7},
    )

    page = words(opened(site, instance=instance.allocation))

    assert "Its process was started." in page
    assert page.count("Its process ended with exit code 7.") == 2


def test_without_a_nomad_the_page_says_so_keeps_what_it_has_and_asks_on(
    site: Site, web: Service, writes: Write, settings: Settings
) -> None:
    instance = web.instances.get()
    writes(instance)(b"one\nbegun")
    page = opened(site, instance=instance.allocation, stream="stdout")
    settings.NOMAD_ADDR = "http://127.0.0.1:1"
    servers.nomad.cache_clear()

    tail, above = opened(site, asked_next(page, "newer")), opened(site, asked_next(page, "whose"))

    assert "Its log could not be read: nomad at" in tail
    assert 'id="rest-stdout" hx-preserve' in tail
    assert (
        asked_next(tail, "newer").split("&seen")[0] == asked_next(page, "newer").split("&seen")[0]
    )
    assert "What happened to it could not be read" in above
    assert 'id="events" hx-preserve' in above
    assert "Its log could not be read" in opened(site, instance=instance.allocation)


def test_what_is_earlier_can_be_asked_for_again_where_nomad_was_away(
    site: Site, web: Service
) -> None:
    asked = {"instance": web.instances.get().allocation, "stream": "stdout", "before": "0.9"}

    page = opened(site, EARLIER, **asked)

    assert "It could not be read: nomad at" in page
    assert "before=0.9" in asked_next(page, "earlier")


def test_a_log_that_its_node_threw_away_says_so(site: Site, web: Service, writes: Write) -> None:
    instance = web.instances.get()
    writes(instance).collected()
    web.instances.update(ended=True)

    page = opened(site, instance=instance.allocation)

    assert logged(page) == "Its node has thrown this log away."


def test_a_page_of_an_instance_that_nomad_forgets_keeps_its_lines(
    site: Site, web: Service, writes: Write
) -> None:
    instance = web.instances.get()
    writes(instance)(b"one\n")
    page = opened(site, instance=instance.allocation, stream="stdout")
    web.instances.all().delete()

    assert "Nomad has forgotten this instance" in opened(site, asked_next(page, "newer"))
    assert "Nomad has forgotten this instance" in opened(site, asked_next(page, "whose"))
