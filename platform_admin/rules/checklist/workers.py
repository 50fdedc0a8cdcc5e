"""Whether workers run apart from web: no command does both, and each queue has its worker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from jobs.document import ServiceDoc
from platform_admin.rules.checklist.answer import Answer, Fault, Place, answered
from platform_admin.rules.checklist.facts import Facts, ServiceFacts, source_of
from platform_admin.rules.checklist.words import count, listed

QUESTION = "Do workers run apart from web?"
SUPERVISORS = frozenset(
    {"honcho", "foreman", "goreman", "overmind", "hivemind", "supervisord", "circusd", "s6-svscan"}
    | {"runsvdir", "concurrently", "pm2", "pm2-runtime"}
)
"""Programs that run several others in one instance."""
WORKERS = frozenset({"rqworker", "rqscheduler", "celery", "dramatiq", "huey_consumer", "sidekiq"})
"""Programs, and words of one, that take jobs from a queue."""
_BESIDE = re.compile(r"(?<![&>\\])&(?![&>\d])")


def workers(facts: Facts) -> Answer:
    """Yes where each service runs one thing, and who takes jobs is a worker."""
    taking = [each for each in facts.services if each.doc.kind == "worker"]
    serving = [each for each in facts.services if each.doc.port is not None]
    faults = [
        *(fault for each in facts.services for fault in _several(each)),
        *(fault for each in serving for fault in _doubled(each, taking)),
        *(fault for each in taking for fault in _idle(each)),
    ]
    queues = sorted({each.policy.queue for each in taking if each.policy.queue})
    takes = f" for the jobs of {listed(queues)}" if queues else ""
    apart = f"{count(len(taking), 'worker')}{takes}" if taking else "No worker"
    well = (
        f"{apart}, and {count(len(serving), 'service')} with a port. Each command starts one"
        " program."
    )
    return answered(QUESTION, faults, well)


def runs_several(doc: ServiceDoc) -> str:
    """The word of a command by which it runs more than one program, "" where it runs one."""
    for word in doc.command:
        if PurePosixPath(word).name in SUPERVISORS:
            return PurePosixPath(word).name
        if word == "&" or (_shell(doc) and _BESIDE.search(word)):
            return "&"
    return ""


def takes_jobs(doc: ServiceDoc) -> str:
    """The words of a command that say that it takes jobs, "" for none."""
    names = [PurePosixPath(word).name for word in doc.command]
    for before, word in zip(["", *names], names, strict=False):
        if word in WORKERS:
            return word
        if (before, word) == ("rq", "worker"):
            return "rq worker"
    return ""


def _several(each: ServiceFacts) -> Iterator[Fault]:
    if word := runs_several(each.doc):
        said = f"{each.name}: its command starts several programs in one instance ({word})"
        yield Fault(said, Place("service_settings", each.name))


def _doubled(each: ServiceFacts, taking: list[ServiceFacts]) -> Iterator[Fault]:
    same = [one.name for one in taking if _program(one.doc) == _program(each.doc)]
    if same:
        said = f"{each.name} runs the same command as {listed(same)}"
        yield Fault(said, Place("service_settings", each.name))
    elif word := takes_jobs(each.doc):
        said = f"{each.name} is a {each.doc.kind} service, but its command takes jobs ({word})"
        yield Fault(said, Place("service_settings", each.name))


def _idle(each: ServiceFacts) -> Iterator[Fault]:
    if each.policy.queue and each.live is None:
        said = f"{each.name} should take the jobs of {each.policy.queue}, but was never live"
        yield Fault(said, Place("plan"))


def _program(doc: ServiceDoc) -> tuple[str, tuple[str, ...]]:
    return source_of(doc), doc.command


def _shell(doc: ServiceDoc) -> bool:
    return any(word in ("-c", "-lc", "-ec") for word in doc.command)
