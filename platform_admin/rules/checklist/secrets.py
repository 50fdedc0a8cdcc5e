"""Whether secrets are stored as secrets: no plain value, and no command, looks like one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from jobs.document import ServiceDoc
from platform_admin.rules.checklist.answer import Answer, Fault, Place, answered
from platform_admin.rules.checklist.facts import Facts
from platform_admin.rules.checklist.variables import variables_of
from platform_admin.rules.checklist.words import count

QUESTION = "Are secrets stored safely?"
WORDS = frozenset(
    {"password", "passwd", "passphrase", "pwd", "pass", "secret", "token", "key", "apikey"}
    | {"credential", "credentials"}
)
"""What the name of a secret ends with: LOG_KEY_PREFIX is none, SIGNING_KEY is one."""
OPEN = frozenset({"public", "publishable"})
"""Words of a name that say that everybody may know its value: STRIPE_PUBLIC_KEY."""
SWITCHES = frozenset({"", "0", "1", "true", "false", "yes", "no", "on", "off"})

_LOGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s:@]*:([^/\s@]+)@", re.IGNORECASE)
_OPTION = re.compile(r"-*([A-Za-z][\w-]*)=(.+)", re.DOTALL)
_REFERENCE = re.compile(r"\$\{?\w+\}?")


def secrets(facts: Facts) -> Answer:
    """Yes where no plain value of the draft or of what is live looks like a secret."""
    faults = [*_drafted(facts), *_live(facts), *_in_commands(facts)]
    stored = f"{count(facts.secrets, 'secret')} {'is' if facts.secrets == 1 else 'are'} sealed"
    well = (
        f"{stored}. Nothing in {count(len(facts.values), 'variable')} or in the commands of"
        f" {count(len(facts.services), 'service')} looks like a secret."
    )
    return answered(QUESTION, faults, well)


def looks_secret(name: str, value: str) -> str:
    """Why a plain variable looks like a secret, in words; "" where it does not."""
    if (login := _LOGIN.search(value)) and not _REFERENCE.fullmatch(login.group(1)):
        return "has a login with its password"
    if value.strip().lower() in SWITCHES or _REFERENCE.fullmatch(value.strip()):
        return ""
    words = [word for word in re.split(r"[_\-\d]+", name.lower()) if word]
    return "is named like a secret" if _named(words) else ""


def _named(words: Iterable[str]) -> bool:
    found = list(words)
    return bool(found) and found[-1] in WORDS and not OPEN.intersection(found)


def _drafted(facts: Facts) -> Iterator[Fault]:
    for each in facts.values:
        if why := looks_secret(each.name, each.value):
            said = f"{each.name} of {each.whose} {why}, but is stored in plain text"
            yield Fault(said, variables_of(each))


def _live(facts: Facts) -> Iterator[Fault]:
    """What is live in plain still, though the draft has it as a secret or not at all."""
    for each in facts.live:
        assert each.live is not None
        for name, value in each.live.variables.items():
            if name not in each.doc.variables and looks_secret(name, value):
                said = f"{each.name} runs with {name} in plain text until the draft is deployed"
                yield Fault(said, Place("plan"))


def _in_commands(facts: Facts) -> Iterator[Fault]:
    for each in facts.services:
        if why := _said_by(each.doc):
            said = f"{each.name}: its command {why}, and everybody can read it in the Nomad job"
            yield Fault(said, Place("service_settings", each.name))


def _said_by(doc: ServiceDoc) -> str:
    for word in (*doc.command, *doc.release_command):
        option = _OPTION.fullmatch(word)
        name, value = option.groups() if option else ("", word)
        if why := looks_secret(name, value):
            return why.replace("is named", f"has {name}, named") if option else why
    return ""
