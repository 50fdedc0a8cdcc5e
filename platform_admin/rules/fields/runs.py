"""What runs: an archive or an image, its commands, and as which user."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection

from jobs.document.types import KILL_SIGNALS
from platform_admin.rules.fields.errors import Found, between, either
from platform_admin.rules.fields.identity import STATIC
from platform_admin.rules.fields.service import ServiceFields

CONTAINERS = frozenset({"docker", "podman"})
PROCESSES = frozenset({"exec", "raw_exec"})

COMMAND_LENGTH = 2000
IMAGE_LENGTH = 300
LONGEST_S = 3600
_ACCOUNT = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}"
_USER = re.compile(rf"{_ACCOUNT}(:{_ACCOUNT})?")
_ROOT = ("root", "0")


def source_errors(fields: ServiceFields, drivers: Collection[str]) -> Found:
    """What is wrong with the archive or the image."""
    if fields.kind == STATIC:
        yield from _files(fields)
        return
    containers, processes = CONTAINERS & set(drivers), PROCESSES & set(drivers)
    if fields.artifact_id is not None and fields.image:
        yield "image", "An archive and an image are both given: keep one of them."
    elif fields.image:
        yield "image", _image(fields.image, bool(containers))
    elif fields.artifact_id is not None:
        if not processes:
            yield "artifact", "This cluster runs images only: give an image instead."
    elif processes:
        yield "artifact", "Nothing runs yet: upload a .tar.gz or .zip with the program."
    else:
        yield "image", "Nothing runs yet: give an image, such as registry.example.com/web:1.4."


def _files(fields: ServiceFields) -> Found:
    if fields.image:
        yield "image", "A static service has no image: upload an archive with its files."
    elif fields.artifact_id is None:
        yield "artifact", "Nothing is served yet: upload a .tar.gz or .zip with the files."


def _image(image: str, allowed: bool) -> str | None:
    if not allowed:
        return "This cluster runs no containers: upload an archive instead."
    if len(image) > IMAGE_LENGTH:
        return f"The image has {len(image)} characters: shorten it to {IMAGE_LENGTH} or fewer."
    if not image.isprintable() or " " in image:
        return f"{image!r} is not an image: write it without spaces, with its tag."
    return None


def command_errors(fields: ServiceFields) -> Found:
    """What is wrong with the command and the release command."""
    if fields.kind == STATIC:
        for name in ("command", "release_command"):
            if getattr(fields, name):
                yield name, "A static service runs no program of yours: leave this empty."
        return
    if fields.artifact_id is not None and not fields.image and not fields.command.strip():
        yield "command", "An archive needs a command that starts it, such as python3 web.py."
    else:
        yield "command", command_error(fields.command)
    yield "release_command", command_error(fields.release_command)


def command_error(line: str) -> str | None:
    """What is wrong with a command, as a sentence; None where nothing is, or it is empty."""
    if len(line) > COMMAND_LENGTH:
        return f"The command has {len(line)} characters: shorten it to {COMMAND_LENGTH} or fewer."
    if "\0" in line or "\n" in line or "\r" in line:
        return "The command has more than one line: write it on one, or into a script."
    try:
        words = shlex.split(line)
    except ValueError as error:
        return f"The command can not be split into words ({error}): close every quote."
    if words and not words[0]:
        return "The command begins with an empty word: name the program first."
    return None


def end_errors(fields: ServiceFields) -> Found:
    """What is wrong with how long an instance may take to start and to end, and by which signal."""
    yield "start_limit_s", between(fields.start_limit_s, 1, LONGEST_S, " s")
    yield "kill_timeout_s", between(fields.kill_timeout_s, 1, LONGEST_S, " s")
    if fields.kill_signal and fields.kill_signal not in KILL_SIGNALS:
        yield (
            "kill_signal",
            f"{fields.kill_signal!r} is no signal to end by: choose {either(KILL_SIGNALS)}.",
        )


def user_errors(fields: ServiceFields) -> Found:
    """What is wrong with the user that the program runs as."""
    yield "user", _user(fields.user, image=bool(fields.image)) if fields.user else None


def _user(user: str, *, image: bool) -> str | None:
    if not _USER.fullmatch(user):
        known = "a name or number, such as nobody or 1000" if image else "a name, such as nobody"
        return f"{user!r} is no user: write {known}."
    if image:
        return None
    if ":" in user:
        return f"{user!r} names a group, which only an image takes: write the user alone."
    if user.lower() in _ROOT or (user.isdecimal() and int(user) == 0):
        return "A program from an archive may not run as root on the node: choose another user."
    if user.isdecimal():
        return f"{user} is a number, by which only an image names its user: write the user's name."
    return None
