"""Whether a run was as it should be: every reason why it was not, in a sentence. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from platform_admin.demo.run.plan import LATE_SHARE, Phase
from platform_admin.demo.run.report import Count, PhaseReport, Report, Use


def judged(report: Report, phases: Iterable[Phase], *, drain_s: float) -> Report:
    """The report with its problems; `drain_s` is the longest that an order may wait."""
    planned = {phase.name: phase for phase in phases}
    ran = {phase.name for phase in report.phases}
    problems = [f"Phase {name} was not run." for name in planned if name not in ran]
    for phase in report.phases:
        problems += _phase(phase, planned[phase.name], drain_s)
    problems += _first_of_each(_outside(report.counts))
    problems += _first_of_each(_over(report.use))
    if not report.came_down:
        problems.append("The counts did not come down after the load.")
    return replace(report, problems=tuple(problems))


def _phase(found: PhaseReport, planned: Phase, drain_s: float) -> Iterator[str]:
    where = f"Phase {found.name}:"
    if found.requests.failed and not planned.may_fail:
        why = ", ".join(found.reasons)
        yield f"{where} {found.requests.failed} requests failed ({why})."
    if found.jobs.lost:
        yield f"{where} {found.jobs.lost} of {found.jobs.enqueued} orders were lost."
    if found.jobs.doubled:
        yield f"{where} {found.jobs.doubled} of {found.jobs.enqueued} orders were packed twice."
    if found.late_at_end is None:
        yield f"{where} nothing was sent in its last {planned.settled_s:g} s."
    elif found.late_at_end > LATE_SHARE:
        yield (
            f"{where} {found.late_at_end:.0%} of the requests of the last {planned.settled_s:g} s"
            " were late or failed: web missed its target."
        )
    if planned.held and not any(each.by_quota for each in found.held if each.service == "worker"):
        yield f"{where} the quota did not hold the worker."
    if not planned.held and found.waited_s > drain_s:
        yield (
            f"{where} an order waited {found.waited_s:.0f} s at its end, over the drain target of"
            f" {drain_s:g} s."
        )


def _outside(counts: Iterable[Count]) -> Iterator[tuple[str, str]]:
    """(what it is about, sentence) of every count outside of its bounds."""
    for each in counts:
        if not each.minimum <= each.desired <= each.maximum:
            bounds = f"{each.minimum} to {each.maximum}"
            was = f"{each.service} was to have {each.desired} at {each.time:%H:%M:%S}"
            yield each.service, f"{was}, outside of {bounds}."


def _over(use: Iterable[Use]) -> Iterator[tuple[str, str]]:
    for each in use:
        at = f"at {each.time:%H:%M:%S}"
        if each.desired > each.quota:
            had = f"The team was to have {each.desired} instances {at}"
            yield "quota", f"{had}, over its quota of {each.quota}."
        if each.reserved > each.limit:
            had = f"The team had reserved {each.reserved} instances {at}"
            yield "surge", f"{had}, over quota and surge of {each.limit}."


def _first_of_each(found: Iterable[tuple[str, str]]) -> list[str]:
    first: dict[str, str] = {}
    for about, sentence in found:
        first.setdefault(about, sentence)
    return list(first.values())
