"""The counts of many services: decided together, posted side by side, answered together.

No job is read: a post says at which index its job was acknowledged, and Nomad refuses it where
anybody changed the job since. So it is as good as one that has read the job at that index. What
is not so plain is left to `bring`.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass

from django.db import transaction

from jobs.deploy import rows
from jobs.deploy.counts import (
    MISSING,
    STOPPED,
    JobSeen,
    Post,
    acknowledged,
    answered,
    next_count,
    restored,
    unread,
)
from jobs.deploy.ended import may_start
from jobs.deploy.posting import SIDE_BY_SIDE, Healths, healths, post, stays_healthy
from jobs.errors import ClusterError, Conflict, Missing, Refused
from jobs.specs import names
from platform_admin.models import Colour, Service
from platform_admin.rules.rollout import ColourRow
from platform_admin.rules.split import split
from platform_admin.verbs import quota
from platform_admin.verbs.reserving import reserve_posted

WRITTEN_S = 0.3
"""From one writing of answers to the next, while some are out."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """A post that the rows know of; `before` is what they knew until then."""

    loaded: rows.ServiceRows
    before: ColourRow
    post: Post

    @property
    def service(self) -> int:
        """The key of its service."""
        return self.loaded.service.pk

    @property
    def team(self) -> int:
        """The key of its team."""
        return self.loaded.service.environment.app.team_id


@dataclass(frozen=True)
class Answer:
    """What a post came to: the row that it leaves, and whether its job has to be read after all."""

    asked: Asked
    row: ColourRow
    unread: bool = True


def bring_all(service_ids: Sequence[int]) -> list[int]:
    """The services that are left to be brought one by one; the others' counts were posted.

    Answers are written as they come, some at a time: one that is late holds up no other.
    """
    asked, left = _decided(service_ids)
    pool = ThreadPoolExecutor(SIDE_BY_SIDE)
    try:
        out = {pool.submit(_posted, each) for each in asked}
        while out:
            done, out = wait_for(out, timeout=WRITTEN_S)
            answers = [answer for each in done if (answer := each.result()) is not None]
            _write_answers(answers)
            left += [each.asked.service for each in answers if not each.unread]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return left


@transaction.atomic
def _decided(service_ids: Sequence[int]) -> tuple[list[Asked], list[int]]:
    """The posts, written as asked for; and the services that are not as plain as that."""
    teams = Service.objects.filter(pk__in=service_ids).values_list("environment__app__team_id")
    free = {held.team_id for held in quota.locked_all({team for [team] in teams}, wait=False)}
    runs, asked, left = healths(service_ids), [], []
    for loaded in rows.some(service_ids):
        plain = _plain(loaded) if loaded.service.environment.app.team_id in free else None
        if plain is None:
            left.append(loaded.service.pk)
        elif found := _next(loaded, *plain, runs):
            asked.append(Asked(loaded, plain[0], found))
    _write([(each.service, each.post.row) for each in asked])
    return asked, left


def _plain(loaded: rows.ServiceRows) -> tuple[ColourRow, JobSeen] | None:
    """What `unread` says, of a service that has a count and of which no job is gone."""
    if loaded.service.kind in names.ONE_JOB:
        return None
    if any(row.drift in (MISSING, STOPPED) for row in loaded.service.colours.all()):
        return None
    return unread(loaded.service.desired, loaded.rollout, loaded.blue, loaded.green)


def _next(loaded: rows.ServiceRows, row: ColourRow, seen: JobSeen, runs: Healths) -> Post | None:
    wanted = split(loaded.service.desired, loaded.rollout, row)
    stays = stays_healthy(loaded, row, wanted, runs)
    found = next_count(row, wanted, seen, stays_healthy=stays, may_start=may_start(loaded))
    return found if isinstance(found, Post) else None


def _posted(asked: Asked) -> Answer | None:
    """What Nomad said; None where that is not known, so that the post is to be made again."""
    service, row = asked.loaded.service, asked.post.row
    namespace = service.environment.app.team.namespace
    job_id = names.job_id(service.slug, row.colour)
    try:
        index = post(namespace, job_id, service.slug, service.desired, asked.post)
    except (Conflict, Missing):
        # Nothing was changed by this post, so what was known still is. The job is another one.
        return Answer(asked, restored(row, asked.before), unread=False)
    except Refused as error:
        _log.warning("apply of %s: %s", job_id, error)
        return Answer(asked, restored(row, asked.before))
    except ClusterError as error:
        _log.warning("apply of %s: %s", job_id, error)
    except Exception:
        # One service's trouble must not keep the others from their counts.
        _log.exception("apply of %s", job_id)
    else:
        return Answer(asked, acknowledged(row, asked.post.count, index, rows.now_s()))
    return None


def _write_answers(answers: Sequence[Answer]) -> None:
    for team in _answered(answers, wait=False) if answers else ():
        _answered([each for each in answers if each.asked.team == team], wait=True)


@transaction.atomic
def _answered(answers: Sequence[Answer], *, wait: bool) -> Collection[int]:
    """The teams of which nothing was written, because somebody else had them.

    An answer counts only where no later post has been made meanwhile.
    """
    teams = {each.asked.team for each in answers}
    free = {held.team_id for held in quota.locked_all(teams, wait=wait)}
    known = {each.asked.service: each.row for each in answers if each.asked.team in free}
    present = Colour.objects.select_for_update().defer("job").filter(service__in=list(known))
    _write(
        [
            (row.service_id, answered(rows.colour_row(row), known[row.service_id]))
            for row in present
            if (row.colour, row.mark) == (known[row.service_id].colour, known[row.service_id].mark)
        ]
    )
    return teams - free


def _write(counts: Sequence[tuple[int, ColourRow]]) -> None:
    rows.write_counts(counts)
    reserve_posted([service for service, _ in counts])
