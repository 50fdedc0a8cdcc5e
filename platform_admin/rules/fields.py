from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from platform_admin.rules import static
from platform_admin.rules.cron import schedule_error, zone_error
from platform_admin.rules.names import part_name_error
from platform_admin.rules.quota import Limits

Errors = dict[str, list[str]]

WORKER, CRON = "worker", "cron"
SINGLETON, STATIC = "singleton", "static"
KINDS = ("web", "private", WORKER, CRON, SINGLETON, STATIC)
PORTLESS = {WORKER: "A worker", CRON: "A cron", SINGLETON: "A singleton"}
CONTAINERS = frozenset({"docker", "podman"})
PROCESSES = frozenset({"exec", "raw_exec"})

COMMAND_LENGTH = 2000
IMAGE_LENGTH = 300
PATH_LENGTH = 200
SMALLEST_CPU_MHZ = 10
SMALLEST_MEMORY_MB = 10
LONGEST_S = 3600
LONGEST_RUN_S = 24 * 3600
SCHEDULE_LENGTH = 100
LARGEST_PORT = 65535


@dataclass(frozen=True)
class ServiceFields:
    """What a service's form, file or call says of it; checked by `service_errors`.

    What is empty or None is Muster's own choice. `ports` are numbers by name; each of
    `constraints`, `redirects` and `headers` has the fields of jobs.document's type of that name.
    """

    name: str
    kind: str
    artifact_id: int | None = None
    image: str = ""
    command: str = ""
    release_command: str = ""
    port: int | None = None
    health_path: str = ""
    cpu_mhz: int = 100
    memory_mb: int = 128
    start_limit_s: int = 120
    kill_timeout_s: int = 30
    protocol: str = ""
    ports: Mapping[str, int] = field(default_factory=dict)
    check_interval_s: int | None = None
    check_timeout_s: int | None = None
    user: str = ""
    memory_max_mb: int | None = None
    disk_mb: int | None = None
    drain_s: int | None = None
    kill_signal: str = ""
    constraints: Sequence[Mapping[str, str]] = field(default_factory=list)
    spread: str = ""
    restart: Mapping[str, int] | None = None
    schedule: str = ""
    time_zone: str = ""
    time_limit_s: int | None = None
    fallback: str = ""
    redirects: Sequence[Mapping[str, str | int]] = field(default_factory=list)
    headers: Sequence[Mapping[str, str]] = field(default_factory=list)
    minimum: int = 1
    maximum: int = 1


Found = Iterable[tuple[str, str | None]]


def service_errors(
    fields: ServiceFields, *, limits: Limits, taken: Collection[str], drivers: Collection[str]
) -> Errors:
    """What is wrong with a service's fields, sentences by field; empty where nothing is.

    `taken` are the names of the environment's other services and resources, `drivers` those
    that the operator allows. The archive's field is called `artifact`.
    """
    checks: tuple[Callable[[], Found], ...] = (
        lambda: _identity(fields, taken),
        lambda: _source(fields, drivers),
        lambda: _commands(fields),
        lambda: _reach(fields),
        lambda: _static(fields),
        lambda: size_errors(fields.cpu_mhz, fields.memory_mb, limits),
        lambda: _times(fields),
        lambda: _clock(fields),
        lambda: _bounds(fields, limits),
    )
    return collected(pair for check in checks for pair in check())


def collected(found: Found) -> Errors:
    """The sentences by field, in their order; None is nothing wrong."""
    errors: Errors = {}
    for name, sentence in found:
        if sentence is not None:
            errors.setdefault(name, []).append(sentence)
    return errors


def size_errors(cpu_mhz: int, memory_mb: int, limits: Limits) -> Found:
    """What is wrong with the size of one instance, for `cpu_mhz` and `memory_mb`."""
    yield "cpu_mhz", _size(cpu_mhz, SMALLEST_CPU_MHZ, limits.cpu_mhz, "MHz of CPU")
    yield "memory_mb", _size(memory_mb, SMALLEST_MEMORY_MB, limits.memory_mb, "MB of memory")


def name_error(name: str, taken: Collection[str]) -> str | None:
    """What is wrong with the name of a service or resource in an environment that has `taken`."""
    if name in taken:
        return f"This environment already has something called {name}: choose another name."
    return part_name_error(name)


def _identity(fields: ServiceFields, taken: Collection[str]) -> Found:
    yield "name", name_error(fields.name, taken)
    if fields.kind not in KINDS:
        yield "kind", f"{fields.kind!r} is no kind of service: choose {either(KINDS)}."


def _source(fields: ServiceFields, drivers: Collection[str]) -> Found:
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


def _commands(fields: ServiceFields) -> Found:
    if fields.kind == STATIC:
        for field in ("command", "release_command"):
            if getattr(fields, field):
                yield field, "A static service runs no program of yours: leave this empty."
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


def _reach(fields: ServiceFields) -> Found:
    if fields.kind in PORTLESS:
        whose = PORTLESS[fields.kind]
        if fields.port is not None:
            yield "port", f"{whose} has no port, {fields.port} was given: leave it empty."
        if fields.health_path:
            yield "health_path", f"{whose} has no health check path: leave it empty."
        return
    if fields.kind == STATIC and fields.health_path:
        yield "health_path", "The web server is asked by itself: leave this empty."
    yield "port", _port(fields.port)
    yield "health_path", _health_path(fields.health_path)


def _static(fields: ServiceFields) -> Found:
    if fields.kind == STATIC:
        yield "fallback", static.fallback_error(fields.fallback)
        yield "redirects", static.redirects_error(fields.redirects)
        yield "headers", static.headers_error(fields.headers)
        return
    for name in ("fallback", "redirects", "headers"):
        if getattr(fields, name):
            yield name, "Only a static service has this: leave it empty."


def _port(port: int | None) -> str | None:
    if port is None:
        return f"A port is needed, such as 8080: a number from 1 to {LARGEST_PORT}."
    return _between(port, 1, LARGEST_PORT)


def _health_path(path: str) -> str | None:
    if not path:
        return None
    if not path.startswith("/"):
        return f"{path!r} does not begin with a slash: write /{path.lstrip()}."
    if len(path) > PATH_LENGTH:
        return f"The path has {len(path)} characters: shorten it to {PATH_LENGTH} or fewer."
    if not path.isascii() or not path.isprintable() or " " in path:
        return f"{path!r} is not a path: write other characters than plain ones as %20."
    if path.startswith("//"):
        return f"{path!r} would be another host's: write one slash at its beginning."
    if re.search(r"%(?![0-9A-Fa-f]{2})", path):
        return f"{path!r} has a % that is followed by no two hexadecimal digits: write it as %25."
    return None


def _times(fields: ServiceFields) -> Found:
    yield "start_limit_s", _between(fields.start_limit_s, 1, LONGEST_S, " s")
    yield "kill_timeout_s", _between(fields.kill_timeout_s, 1, LONGEST_S, " s")


def _clock(fields: ServiceFields) -> Found:
    """What only a cron has: when it runs, and for how long at most."""
    if fields.kind != CRON:
        return
    yield "schedule", _schedule(fields.schedule)
    yield "time_zone", zone_error(fields.time_zone)
    if fields.time_limit_s is not None:
        yield "time_limit_s", _between(fields.time_limit_s, 1, LONGEST_RUN_S, " s")


def _schedule(text: str) -> str | None:
    if len(text) > SCHEDULE_LENGTH:
        return f"The schedule has {len(text)} characters: shorten it to {SCHEDULE_LENGTH} or fewer."
    return schedule_error(text)


def _bounds(fields: ServiceFields, limits: Limits) -> Found:
    if fields.kind == CRON:
        yield "maximum", _alone(fields)
    if fields.kind == SINGLETON and (fields.minimum, fields.maximum) != (1, 1):
        said = "A singleton runs exactly once: leave this at 1, and suspend it to have none."
        yield ("minimum" if fields.minimum != 1 else "maximum"), said
        return
    yield "minimum", _minimum(fields)
    yield "maximum", _maximum(fields.maximum, limits.instances)


def _minimum(fields: ServiceFields) -> str | None:
    if fields.minimum < 0:
        return f"{fields.minimum} is less than nothing: use 0 or more."
    if fields.minimum > fields.maximum >= 1:
        return (
            f"At least {fields.minimum} is above at most {fields.maximum}: lower the one or"
            " raise the other."
        )
    return None


def _alone(fields: ServiceFields) -> str | None:
    if (fields.minimum, fields.maximum) == (1, 1):
        return None
    return f"A cron's runs never overlap, {fields.maximum} were given: use 1 and 1."


def _maximum(maximum: int, quota: int) -> str | None:
    if maximum < 1:
        return f"{maximum} leaves no instance at all: use 1 or more."
    if maximum > quota:
        return (
            f"{maximum} is more than the team's quota of {quota} instances: use fewer, or ask an"
            " operator for a larger quota."
        )
    return None


def _size(found: int, smallest: int, quota: int, unit: str) -> str | None:
    if found < smallest:
        return f"{found} {unit} is too small for an instance: use {smallest} or more."
    if found > quota:
        return (
            f"One instance of {found} {unit} is more than the team's quota of {quota}:"
            " use less, or ask an operator for a larger quota."
        )
    return None


def _between(found: int, low: int, high: int, unit: str = "") -> str | None:
    if low <= found <= high:
        return None
    return f"{found}{unit} is out of range: use a number from {low} to {high}{unit}."


def either(words: Collection[str]) -> str:
    """The words as a choice: "web, private or worker"."""
    *first, last = words
    return f"{', '.join(first)} or {last}"
