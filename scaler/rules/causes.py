"""What the signals said, in words made from an event's numbers."""

from __future__ import annotations

from scaler.policies import why, worker
from scaler.rules.events import Event
from scaler.rules.figures import counted, plain, requests, seconds, waited


def cause(event: Event) -> str:
    """What the signal that decided saw: `p95 312 ms over 200 ms`."""
    if not event.number("signals"):
        return "it has no signal to follow"
    if event.number("silent") >= event.number("signals"):
        return f"nothing is known of its load for {waited(event.number('unknown_s'))}"
    name = signal(event)
    if name == "latency":
        return _latency(event)
    if name in ("drain", "jobs"):
        return _queue(event)
    return _metric(event, name)


def condition(event: Event) -> str:
    """The same as something that goes on: `p95 over target`, `3 wanted`."""
    over = event.number("p95_s") > event.number("latency_s") > 0
    if signal(event) == "latency" and over and event.after("tolerance") > event.start:
        return "p95 over target"
    return f"{event.after('tolerance')} wanted"


def signal(event: Event) -> str:
    """The name of the signal whose proposal won."""
    wanted = event.number("wanted", -1)
    names = [name.removesuffix("_wanted") for name in event.numbers if name.endswith("_wanted")]
    return next((name for name in names if event.number(f"{name}_wanted") == wanted), "latency")


def _latency(event: Event) -> str:
    target, p95 = event.number("latency_s"), event.number("p95_s")
    lost = _lost(event)
    if "expert" in event.numbers:
        late = f"p95 {seconds(p95)} over {seconds(target)}; " if p95 > target else ""
        away = f"{lost}; " if event.number("refused") > 0 else ""
        said = f"{late}{away}{why.reason(event.numbers)}"
        kept = "holds" in event.numbers and event.after("proposal") > why.takes(event.numbers)
        return f"{said}; as many as were needed a while ago" if kept else said
    if p95 > target:
        few = ", of too few requests to tell" if event.number("few") else ""
        away = f", {lost}" if event.number("refused") > 0 else ""
        return f"p95 {seconds(p95)} over {seconds(target)}{few}{away}"
    if lost:
        return lost
    if event.number("arrivals", -1) == 0:
        return "no requests"
    if event.after("proposal") > event.start:
        return _growing(event)
    if "p95_s" in event.numbers:
        return f"p95 {seconds(p95)} of {seconds(target)}, {requests(event.number('arrivals'))}"
    return requests(event.number("arrivals"))


def _lost(event: Event) -> str:
    """What came and was answered by no instance: turned away by the guard, or there was none."""
    refused = event.number("refused")
    none = event.number("fallback") - refused
    away = f"{requests(refused)} were turned away" if refused > 0 else ""
    # Both were rounded on their way into the event.
    there = f"{requests(none)} found no instance" if none > 1e-5 * event.number("fallback") else ""
    return " and ".join(part for part in (away, there) if part)


def _growing(event: Event) -> str:
    arrivals, growth = event.number("arrivals"), event.number("growth")
    held = f"{plain(event.number('capacity'))}/s for each instance"
    if growth > 0:
        return f"{requests(arrivals)} growing to {plain(arrivals + growth)}, {held}"
    return f"{requests(arrivals)}, {held}"


def _queue(event: Event) -> str:
    jobs = f"{counted(event.number('waiting'), 'job', 'jobs')} waiting"
    jobs += f" and {plain(event.number('busy'))} busy"
    if not event.number("waiting"):
        return jobs if event.number("busy") else "no jobs"
    if "drain_s" in event.numbers:
        oldest, target = event.number("oldest_s"), event.number("drain_s")
        said = f"{jobs}, the oldest for {seconds(oldest)} of {seconds(target)}"
        return f"{said}, {worker.reason(event.numbers)}" if "waves" in event.numbers else said
    return f"{jobs}, {plain(event.number('jobs_per_worker'))} for each worker"


def _metric(event: Event, name: str) -> str:
    place = int(name.removeprefix("metric_"))
    label = event.metrics[place] if place < len(event.metrics) else f"metric {place + 1}"
    target = plain(event.number(f"{name}_target"))
    each = " for each instance" if event.number(f"{name}_total") else ""
    return f"{label} {plain(event.number(name))}, target {target}{each}"
