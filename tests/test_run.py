"""The script ./run in a checkout of its own, with programs that note how they were called."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parent.parent / "run"
TOOLS = ("sh", "cat", "cut", "date", "dirname", "grep", "mv", "rm", "sha256sum", "sleep", "mkdir")

# A Python that makes environments without a network; all else is left to the real one.
PYTHON = """#!/bin/sh
case "$*" in
"-m venv --clear .venv")
    mkdir -p .venv/bin
    cat >.venv/bin/python <<'INNER'
#!/bin/sh
echo "$*" >>called
case "$*" in *"pip install"*) sleep 0.3 ;; esac
INNER
    chmod +x .venv/bin/python ;;
*) exec REAL "$@" ;;
esac
"""


# A Python as Debian ships it: no venv, no ensurepip.
BARE_PYTHON = """#!/bin/sh
case "$*" in *ensurepip*) exit 1 ;; *) exec REAL "$@" ;; esac
"""
UV = """#!/bin/sh
case "$*" in
"python find --system >=3.11") echo BARE; exit ;;
venv*)
    mkdir -p .venv/bin
    cat >.venv/bin/python <<'INNER'
#!/bin/sh
case "$*" in *pip*) exit 1 ;; *) echo "$*" >>called ;; esac
INNER
    chmod +x .venv/bin/python ;;
esac
echo "uv $*" >>called
"""


@dataclass(frozen=True)
class Checkout:
    """A folder with ./run in it, and a PATH of a few tools."""

    folder: Path

    def add(self, name: str, text: str) -> None:
        """A program on the PATH."""
        path = self.folder / "bin" / name
        path.write_text(text)
        path.chmod(0o755)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The script, running."""
        return subprocess.Popen(
            [str(self.folder / "run"), *arguments],
            env={"PATH": str(self.folder / "bin"), "HOME": str(self.folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Its exit code, output and error output."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=30)
        return process.returncode, out, err

    def calls(self, what: str) -> list[str]:
        """How the environment's Python was called, as far as it holds these words."""
        called = self.folder / "called"
        lines = called.read_text().splitlines() if called.exists() else []
        return [line for line in lines if what in line]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout on a machine without Python."""
    shutil.copy(RUN, tmp_path / "run")
    for name in ("requirements.txt", "requirements-test.txt"):
        (tmp_path / name).write_text(name)
    (tmp_path / "bin").mkdir()
    for tool in (*TOOLS, "chmod"):
        found = shutil.which(tool)
        assert found, tool
        (tmp_path / "bin" / tool).symlink_to(found)
    return Checkout(tmp_path)


@pytest.fixture
def with_python(checkout: Checkout) -> Checkout:
    """The same with a Python that has venv and ensurepip."""
    checkout.add("python3", PYTHON.replace("REAL", os.path.realpath(sys.executable)))
    return checkout


def test_help_names_both_commands(checkout: Checkout) -> None:
    code, out, _ = checkout.run("--help")

    assert code == 0
    assert "./run  " in out
    assert "./run test" in out


def test_without_python_and_uv_one_line_says_what_to_install(checkout: Checkout) -> None:
    code, out, err = checkout.run()

    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "apt install python3-venv" in err


def test_a_python_without_venv_does_not_count(checkout: Checkout) -> None:
    checkout.add("python3", "#!/bin/sh\nexit 1\n")

    assert checkout.run()[0] == 2


def test_uv_serves_where_python_lacks_venv(checkout: Checkout) -> None:
    bare = checkout.folder / "bare-python"
    checkout.add("uv", UV.replace("BARE", str(bare)))
    checkout.add("../bare-python", BARE_PYTHON.replace("REAL", os.path.realpath(sys.executable)))

    assert checkout.run()[0] == 0

    made, filled = checkout.calls("uv ")
    assert made == f"uv venv --quiet --clear --python {bare} .venv"
    assert filled.startswith("uv pip install --quiet --python .venv/bin/python --no-build")
    assert filled.endswith("--require-hashes -r requirements.txt")
    assert checkout.calls("local.launch") == ["-m local.launch"]


def test_a_uv_without_a_python_says_so(checkout: Checkout) -> None:
    checkout.add("uv", "#!/bin/sh\nexit 1\n")

    code, _, err = checkout.run()

    assert code == 2
    assert "uv is here, but gets no Python" in err


def test_the_first_start_installs_with_hashes_and_then_starts(with_python: Checkout) -> None:
    code, _, err = with_python.run("--port", "9000")

    assert (code, err.splitlines()[0]) == (
        0,
        "Installing what requirements.txt lists into .venv, once ...",
    )
    [install] = with_python.calls("pip install")
    assert install.endswith("--require-hashes -r requirements.txt")
    assert with_python.calls("local.launch") == ["-m local.launch --port 9000"]


def test_the_second_start_installs_nothing(with_python: Checkout) -> None:
    with_python.run()

    assert with_python.run()[2] == ""
    assert len(with_python.calls("pip install")) == 1
    assert len(with_python.calls("local.launch")) == 2


def test_changed_requirements_are_installed(with_python: Checkout) -> None:
    with_python.run()
    (with_python.folder / "requirements.txt").write_text("another list")

    with_python.run()

    assert len(with_python.calls("pip install")) == 2


def test_what_the_tests_need_serves_the_start_too(with_python: Checkout) -> None:
    with_python.run("test", "--full")
    with_python.run()

    [install] = with_python.calls("pip install")
    assert install.endswith("-r requirements-test.txt")
    assert with_python.calls("-m tests") == ["-m tests --full"]
    assert with_python.calls("local.launch") == ["-m local.launch"]


def test_two_first_starts_at_once_install_once(with_python: Checkout) -> None:
    both = [with_python.start(), with_python.start()]
    errors = [process.communicate(timeout=30)[1] for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert len(with_python.calls("pip install")) == 1
    # None waits where the other one had installed before it came.
    assert sum("waiting for it" in error for error in errors) <= 1


def test_a_failed_installation_says_so_and_is_tried_again(with_python: Checkout) -> None:
    python = with_python.folder / "bin" / "python3"
    python.write_text(python.read_text().replace("sleep 0.3", "exit 1"))

    code, _, err = with_python.run()
    assert code == 1
    assert "The installation failed" in err

    with_python.run()
    assert len(with_python.calls("pip install")) == 2
    assert with_python.calls("local.launch") == []


def test_another_word_shows_the_help(checkout: Checkout) -> None:
    code, _, err = checkout.run("start")

    assert code == 2
    assert "./run test" in err
