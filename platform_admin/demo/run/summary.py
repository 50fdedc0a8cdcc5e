"""The summary at the end of a run, for a person. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from platform_admin.demo.run.report import Count, PhaseReport, Report, of_service


def summary(report: Report) -> str:
    """All of it, in lines."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield f"{'':<26}" + "".join(f"{f'phase {phase.name}':>14}" for phase in report.phases)
    for title, show in ROWS:
        yield f"{title:<26}" + "".join(f"{show(phase):>14}" for phase in report.phases)
    yield ""
    for name in sorted({count.service for count in report.counts}):
        yield _range(name, of_service(report.counts, name))
    if report.use:
        most = max(report.use, key=lambda each: each.desired)
        yield f"the team at most {most.desired} instances, of a quota of {most.quota}"
    yield (
        f"the machine's load at most {report.machine.load:.1f},"
        f" on {report.machine.processors} processors"
    )
    for phase in report.phases:
        if phase.reasons:
            yield f"failed in phase {phase.name}: {', '.join(phase.reasons)}"
    yield ""
    yield from _verdict(report.problems)


def _verdict(problems: Sequence[str]) -> Iterator[str]:
    if not problems:
        yield "Everything was as it should be."
        return
    yield "Not as it should be:"
    for problem in problems:
        yield f"  {problem}"


def _range(name: str, counts: Sequence[Count]) -> str:
    wanted = [count.desired for count in counts]
    return (
        f"{name:<8} {min(wanted)} to {max(wanted)} instances, {wanted[-1]} at the end;"
        f" bounds {counts[-1].minimum} to {counts[-1].maximum}"
    )


def _seconds(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:.1f} s"


def _share(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:.1%}"


ROWS: tuple[tuple[str, Callable[[PhaseReport], str]], ...] = (
    ("breach to scale request", lambda phase: _seconds(phase.breach_to_request_s)),
    ("breach to healthy", lambda phase: _seconds(phase.breach_to_healthy_s)),
    ("requests", lambda phase: str(phase.requests.total)),
    ("  late", lambda phase: str(phase.requests.late)),
    ("  failed", lambda phase: str(phase.requests.failed)),
    ("  late share at its end", lambda phase: _share(phase.late_at_end)),
    ("orders enqueued", lambda phase: str(phase.jobs.enqueued)),
    ("  done", lambda phase: str(phase.jobs.done)),
    ("  doubled", lambda phase: str(phase.jobs.doubled)),
    ("  lost", lambda phase: str(phase.jobs.lost)),
    ("  longest wait at its end", lambda phase: _seconds(phase.waited_s)),
    ("changes", lambda phase: str(phase.changes)),
    ("held decisions", lambda phase: str(len(phase.held))),
    ("  by the quota", lambda phase: str(sum(each.by_quota for each in phase.held))),
)
