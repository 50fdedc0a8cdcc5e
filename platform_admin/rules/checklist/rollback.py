"""Whether one can go back: an older release that was live, with its archives still there."""

from __future__ import annotations

from platform_admin.rules.checklist.answer import Answer, Fault, Place, answered
from platform_admin.rules.checklist.facts import Facts, OldRelease
from platform_admin.rules.checklist.words import count, listed

QUESTION = "Is there a release to go back to?"


def rollback(facts: Facts) -> Answer:
    """Yes where one that was live before is still whole."""
    releases = Place("releases")
    if facts.live_release is None:
        return answered(QUESTION, [], "", "Nothing is live yet.", Place("plan"))
    whole = [each for each in facts.older if not each.missing]
    if whole:
        return answered(QUESTION, [], _said(whole[0], facts.live_release))
    if facts.older:
        faults = [Fault(_gone(each), releases) for each in facts.older]
    else:
        said = f"Release {facts.live_release} is live, and nothing else was live before it"
        faults = [Fault(said, releases)]
    return answered(QUESTION, faults, "")


def _said(old: OldRelease, live: int) -> str:
    kept = (
        f"its {count(old.archives, 'archive')} {'is' if old.archives == 1 else 'are'} kept"
        if old.archives
        else ""
    )
    needs = f"{count(old.images, 'image')} must still be in the registry, which is not asked"
    images = needs if old.images else ""
    there = " and ".join(part for part in (kept, images) if part) or "it needs no archive"
    return f"Release {old.number} was live before release {live}; {there}."


def _gone(old: OldRelease) -> str:
    gone = "archive of {} is" if len(old.missing) == 1 else "archives of {} are"
    return f"Release {old.number} was live, but its {gone.format(listed(old.missing))} gone"
