from __future__ import annotations

from dataclasses import dataclass, replace

from platform_admin.rules.rollout import BLUE, ColourRow, RolloutRow
from platform_admin.rules.split import split

STOPPED = "the job is stopped in Nomad"
MISSING = "the job is missing in Nomad"


@dataclass(frozen=True)
class JobSeen:
    """What Nomad says of a colour's job.

    `foreign` is whether the newest scaling event is another hand's: not marked as ours. `event`
    is its index, which is above the job's: Nomad writes it after the job.
    """

    count: int
    index: int
    stopped: bool = False
    foreign: bool = False
    event: int = 0


@dataclass(frozen=True)
class Nothing:
    """The count is as it should be, or may not be lowered yet."""

    reason: str = ""


@dataclass(frozen=True)
class Known:
    """Nomad's count is taken as acknowledged without a post."""

    row: ColourRow


@dataclass(frozen=True)
class Hand:
    """Somebody else changed the count: it is taken as acknowledged, and noticed once."""

    row: ColourRow
    count: int


@dataclass(frozen=True)
class Drift:
    """The job is not as it was registered; a person or a deployment brings it back."""

    reason: str


@dataclass(frozen=True)
class Post:
    """Post `count` against `index`; `row` says, before the post, that its answer is out."""

    row: ColourRow
    count: int
    index: int


Next = Nothing | Known | Hand | Drift | Post


def next_count(
    row: ColourRow,
    wanted: int,
    job: JobSeen | None,
    *,
    stays_healthy: bool,
    may_start: bool = True,
    mark: int | None = None,
) -> Next:
    """What to do about the count of one colour's job (releases.md, `apply`).

    `stays_healthy`: whether the instances that a lower count keeps are healthy, or have had
    their start-up limit (Nomad takes the highest indexes, healthy or not). `mark`: the row's
    before the job was read; with another one by now, a job that was missing may run.
    `may_start`: False where an instance more could be one too many of what runs alone.
    """
    if job is None or job.stopped:
        if mark not in (None, row.mark):
            return Nothing("the job was read before the last post")
        return _without_job(row, wanted, job)
    if _is_hand(row, job):
        # Up to its event, so that the next lost answer does not bring the same hand again.
        return Hand(_known(row, job.count, max(job.index, job.event)), job.count)
    if row.acknowledged == wanted:
        return Nothing()
    if wanted > job.count and not may_start:
        if row.acknowledged is None:
            # From here on it can be seen whether what ran has ended.
            return Known(_known(row, job.count, job.index))
        return Nothing("what ran before has not ended")
    if wanted < row.at_most and not stays_healthy:
        return Nothing("a count goes down only when the instances that stay are healthy")
    asked = replace(
        row, acknowledged=None, mark=row.mark + 1, at_most=max(row.at_most, wanted, job.count)
    )
    return Post(asked, wanted, job.index)


def acknowledged(row: ColourRow, count: int, index: int, at: float) -> ColourRow:
    """The row after Nomad has confirmed `count` at time `at`."""
    return replace(_known(row, count, index), acknowledged_at=at)


def restored(row: ColourRow, before: ColourRow) -> ColourRow:
    """The row after Nomad has refused a post for its stale index: what was known before."""
    return replace(row, acknowledged=before.acknowledged, at_most=before.at_most)


def unread(
    desired: int, rollout: RolloutRow, blue: ColourRow, green: ColourRow
) -> tuple[ColourRow, JobSeen] | None:
    """The live colour, where it can be posted for without a look at its job, and that job.

    All is at rest and known, and the other colour has what it should. Then the job is as it was
    acknowledged, or has another index, and Nomad refuses the post.
    """
    if rollout.deployment is not None or rollout.live is None:
        return None
    live, beside = (blue, green) if rollout.live == BLUE else (green, blue)
    if live.acknowledged is None or not live.index:
        return None
    if beside.acknowledged != split(desired, rollout, beside):
        return None
    return live, JobSeen(live.acknowledged, live.index)


def answered(present: ColourRow, row: ColourRow) -> ColourRow:
    """The row as it stands by now with the outcome of its newest post, which is `row`."""
    return replace(
        present,
        acknowledged=row.acknowledged,
        acknowledged_at=row.acknowledged_at,
        at_most=row.at_most,
        index=max(row.index, present.index),
    )


def _without_job(row: ColourRow, wanted: int, job: JobSeen | None) -> Next:
    if wanted:
        return Drift(STOPPED if job else MISSING)
    if row.acknowledged == 0:
        return Nothing()
    # No index is known of a job that does not run: `unread` leaves it to who reads it.
    return Known(_known(row, 0, 0))


def _is_hand(row: ColourRow, job: JobSeen) -> bool:
    if job.index <= row.index:
        return False
    if row.acknowledged is None:
        return job.foreign
    return job.count != row.acknowledged


def _known(row: ColourRow, count: int, index: int) -> ColourRow:
    return replace(row, acknowledged=count, at_most=count, index=index)
