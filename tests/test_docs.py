"""README.md and the code agree. The tables of local/cluster/README.md have tests of their own."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import shutil
import subprocess
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands

from jobs.deploy.steps import NAMES as STEPS
from local.launch import arguments, environment, pids, processes
from local.launch.ports import derive
from local.launch.real import rights, start, traefik
from local.launch.real.http import Api
from platform_admin.demo.people import PEOPLE
from tests.__main__ import main as run_tests

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
SETTING = re.compile(r"(?:MUSTER|NOMAD|CONSUL|KEEPER|DATABASE|REDIS)_[A-Z_]+")
ENVIRONMENTS = ("env", "environ", "os.environ")
# Folders of a machine, not of the project. A name before the slash makes it another path.
MACHINE_PATH = re.compile(r"(?<![\w.$}~/*-])/(?:work|root|tmp)\b(?!-)")
LARGEST_PICTURE_BYTES = 150_000
# Also read by programs of the tests that run as instances.
GIVEN_TO_INSTANCES = {"MUSTER_APP", "MUSTER_ENVIRONMENT", "MUSTER_SERVICE", "NOMAD_ALLOC_ID"}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the repository; where git is missing, all that .gitignore does not name."""
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if listed.returncode == 0:
            named = (ROOT / name for name in listed.stdout.split("\0") if name)
            return tuple(path for path in named if path.is_file())
    ignored = {line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split()} | {".git"}
    found = (path for path in ROOT.rglob("*") if path.is_file())
    return tuple(
        path
        for path in found
        if not ignored.intersection(path.relative_to(ROOT).parts) and path.suffix != ".pyc"
    )


def python(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    """The parsed files of these folders and files."""
    for path in tracked():
        if path.suffix == ".py" and str(path.relative_to(ROOT)).startswith(folders):
            yield path, ast.parse(path.read_text())


def reads(
    tree: ast.Module, environments: Collection[str] = ENVIRONMENTS
) -> Iterator[tuple[str, ast.Call | ast.Subscript]]:
    """What is looked up in an environment by a written-out name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            place, key = node.func.value, node.args[0]
        elif isinstance(node, ast.Subscript):
            place, key = node.value, node.slice
        else:
            continue
        named = isinstance(key, ast.Constant) and SETTING.fullmatch(str(key.value))
        if named and ast.unparse(place) in environments:
            yield ast.literal_eval(key), node


def settings_read() -> set[str]:
    """Every setting that the code reads; the launcher hands names on, so all of its count."""
    found = set(SETTING.findall((ROOT / "run").read_text()))
    for path, tree in python("manage.py", "platform_admin/", "jobs/", "local/", "tests/"):
        top, *_ = path.relative_to(ROOT).parts
        # What tests call `env` is an instance's.
        found |= {
            name for name, _ in reads(tree, ("os.environ",) if top == "tests" else ENVIRONMENTS)
        }
    for _, tree in python("local/launch/"):
        texts = (str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant))
        found |= {text for text in texts if SETTING.fullmatch(text)}
    return found


def defaults() -> dict[str, str | None]:
    """The platform's settings: what each is where it is not given; None where it must be."""
    found: dict[str, str | None] = {}
    for _, tree in python("platform_admin/settings.py"):
        for name, node in reads(tree):
            assert isinstance(node, ast.Call)
            given = [word.value for word in node.keywords if word.arg == "default"]
            text = _text(ast.literal_eval(given[0])) if given else None
            found[name] = text if text is not None else found.get(name)
    return found


def _text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def rows(heading: str) -> list[list[str]]:
    """The cells of all tables below a heading, without those tables' own headings."""
    section = README.split(f"\n{heading}\n")[1]
    section = re.split(rf"\n#{{1,{heading.count('#')}}} ", section)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if "`" in "".join(row)]


def ticked(text: str) -> list[str]:
    """What stands in back-ticks, on one line."""
    return re.findall(r"`([^`\n]+)`", text)


def block(language: str, after: str = "# Muster") -> str:
    """The first code block in this language after these words."""
    _, found, rest = README.partition(after)
    assert found == after, after
    return rest.split(f"```{language}\n", 1)[1].split("```", 1)[0]


def test_every_setting_that_is_read_is_named_and_no_other() -> None:
    named = {word for word in ticked(README) if SETTING.fullmatch(word)}

    assert named - GIVEN_TO_INSTANCES == settings_read() - GIVEN_TO_INSTANCES


def test_what_an_instance_finds_is_named() -> None:
    job = json.loads((ROOT / "tests/jobs/specs/golden/web.json").read_text())
    given = set(job["TaskGroups"][0]["Tasks"][0]["Env"])
    said = README.partition("What an instance finds")[2].partition("\n\n")[0]

    assert set(ticked(said)) == given | {"NOMAD_ALLOC_ID"}
    assert given | {"NOMAD_ALLOC_ID"} == GIVEN_TO_INSTANCES | {"PORT"}


@pytest.mark.parametrize("name", sorted(defaults()))
def test_a_setting_has_the_default_that_the_table_says(name: str) -> None:
    described = {word: row[1] for row in rows("## Settings") for word in ticked(row[0])}
    if name not in described:
        assert f"`{name}`" in README.partition("Set by Muster for its own processes")[2]
        return
    default, said = defaults()[name], described[name]

    if default is None:
        assert "needed" in said
    else:
        assert "needed" not in said
        assert not default or default in ticked(said)


def test_what_servers_inherit_is_named() -> None:
    sentence = " ".join(README.split()).partition("Servers and agents inherit ")[2]

    assert set(re.findall(r"[A-Z_]{2,}", sentence.partition(" and nothing else")[0])) == set(
        environment.INHERITED
    )


def test_the_options_of_the_start_are_those_of_its_parser(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        arguments.parse(["--help"], {})
    known = set(re.findall(r"--[a-z]+", capsys.readouterr().out)) - {"--help"}

    assert {row[0].split()[0].strip("`") for row in rows("## Two commands")} == known


def test_every_option_of_run_is_one() -> None:
    named = set(re.findall(r"\./run[^`\n]*?(--[a-z]+)", README)) | {"--full"}
    usage = (ROOT / "run").read_text().partition("<<'TEXT'")[2].partition("\nTEXT\n")[0]

    assert named <= set(re.findall(r"--[a-z]+", usage))


def test_full_is_an_option_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[tuple[str, ...]] = []

    def run(command: tuple[str, ...], **_: object) -> subprocess.CompletedProcess[str]:
        called.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)

    assert run_tests(["--full"]) == 0
    [pytest_command] = [command for command in called if "pytest" in command]
    assert "not full" not in pytest_command


def test_every_command_of_manage_exists() -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", README))

    assert named
    assert named <= set(get_commands())


def test_every_module_that_is_started_exists() -> None:
    modules = set(re.findall(r" -m ([a-z_.]+)|`-m ([a-z_.]+)", README))
    named = {first or second for first, second in modules}

    assert "gunicorn" in named
    assert not [name for name in named if importlib.util.find_spec(name) is None]


def test_it_says_how_long_the_end_of_a_killed_launcher_may_take() -> None:
    groups = processes.cluster(derive(8000), ROOT)
    local_s = max(row.stop_within_s for group in groups for row in group) + pids.KILLED_WITHIN_S
    real_s = start.NOMAD_WITHIN_S + pids.KILLED_WITHIN_S

    said = f"within {local_s:g} s at the latest, with `--real` {real_s:g} s"
    assert said in " ".join(README.split())


def test_the_processes_are_those_that_run_starts() -> None:
    started = {" ".join(row.arguments) for row in processes.platform(derive(8000), "127.0.0.1")}

    assert {row[1].strip("`") for row in rows("### Muster itself")} >= started
    assert {" ".join(step.arguments[:2]) for step in processes.BEFORE[:2]} <= set(
        re.findall(r"manage\.py [a-z]+", README)
    )


def test_folders_and_files_that_are_named_exist() -> None:
    tops = {path.relative_to(ROOT).parts[0] for path in tracked()}
    named = [word for word in ticked(README) if "/" in word and word.split("/")[0] in tops]

    assert len(named) > 20
    assert not [word for word in named if not (ROOT / word).exists()]


def test_every_folder_has_its_place_in_the_map() -> None:
    named = {word.rstrip("/") for row in rows("## The folders") for word in ticked(row[0])}
    for path in tracked():
        folder = path.relative_to(ROOT).parts[:-1]
        deep = folder[:1] in (("platform_admin",), ("jobs",), ("scaler",), ("local",))
        if folder and not (deep and len(folder) == 1):
            assert "/".join(folder[: 2 if deep else 1]) in named, path


@pytest.mark.parametrize("name", [name for name in vars(rights) if name.isupper()])
def test_the_rights_are_quoted_as_they_are_given(name: str) -> None:
    quoted = block("hcl", after=f"<!-- local/launch/real/rights.py {name} -->")

    assert quoted == getattr(rights, name).lstrip("\n")


def leaves(value: object, key: str = "") -> Iterator[tuple[str, object]]:
    """The innermost keys of a configuration, with their values."""
    if isinstance(value, Mapping):
        for inner, below in value.items():
            yield from leaves(below, inner)
    else:
        yield key, value


def test_traefik_is_configured_as_it_is_started() -> None:
    quoted = block("yaml")
    own = {"address", "endpoints", "token"}  # those of the reader's machines
    for key, value in leaves(traefik.config(derive(8000), "a token")):
        words = json.dumps(value).strip('"')
        assert key in own or re.search(rf"\b{key}: {re.escape(words)}(?=[\s,])", quoted), key
    points = traefik.config(derive(8000), "a token")["entryPoints"]
    named = set(re.findall(r"^  ([a-z]+):.*\n?", quoted.partition("api:")[0], re.M))
    # An operator's own: certificates that the edge gets itself, and where they are used.
    assert named - {"letsencrypt", "websecure"} == set(points)
    assert quoted.count("asDefault: true") == 1


def test_an_edge_is_entered_in_consul_as_the_start_does_it() -> None:
    class Noted(Api):
        body: Any = None

        def put(self, path: str, body: object = None) -> Any:
            self.body = body

    consul, quoted = Noted("", "", ""), json.loads(block("json"))
    traefik.register(consul, derive(8000))

    assert quoted.keys() == consul.body.keys()
    for part in ("Meta", "Check"):
        assert quoted[part].keys() == consul.body[part].keys()
    assert quoted["Name"] == consul.body["Name"]
    assert quoted["Meta"]["private"].endswith(f":{quoted['Port']}")


def test_the_steps_of_a_deployment_have_the_names_that_its_page_shows() -> None:
    section = README.split("## How a deployment goes")[1].split("\n## ")[0]
    named = set(re.findall(r"\*([A-Z][^*]+)\*", section))

    assert set(STEPS.values()) <= named


def test_the_demo_users_are_the_ones_that_are_made() -> None:
    assert {row[0].strip("`") for row in rows("## The example")} == {who.name for who in PEOPLE}


@pytest.mark.parametrize(
    "page", [path for path in tracked() if path.suffix == ".md"], ids=lambda path: path.name
)
def test_links_to_files_resolve(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text())
    files = [link for link in links if "://" not in link]

    assert not [link for link in files if not (page.parent / link).exists()]


def test_every_picture_is_shown_and_small() -> None:
    for picture in (ROOT / "docs").glob("*.png"):
        assert f"(docs/{picture.name})" in README
        assert picture.stat().st_size < LARGEST_PICTURE_BYTES


def test_no_file_names_a_folder_of_a_machine() -> None:
    found = []
    for path in tracked():
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{path}:{n}: {line}" for n, line in enumerate(lines, 1) if _on_a_machine(line)]

    assert not found


def _on_a_machine(line: str) -> bool:
    return MACHINE_PATH.search(line) is not None


@pytest.mark.parametrize("path", ["work/main/x", "root/.cache", "tmp/x"])
def test_a_folder_of_a_machine_is_recognised(path: str) -> None:
    assert _on_a_machine(f'open("/{path}")')
    assert not _on_a_machine(f"https://example.com/{path}")
