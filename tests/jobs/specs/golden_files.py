"""The archive that the golden jobs run from, and what else their machine has to have."""

from __future__ import annotations

import hashlib
import io
import re
import sys
import tarfile
import zipfile
from copy import deepcopy
from pathlib import Path
from typing import Any

from local.launch import binaries

ROOT = Path(__file__).parents[3]
STAYS = """\
#!/usr/bin/env python3
import http.server, os, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *args):
        pass
if "PORT" in os.environ:
    http.server.HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
time.sleep(3600)
"""
ENDS = "print('done')\n"
FILES = {
    **dict.fromkeys(("gunicorn.py", "serve", "work.py", "lead.py", "index.html"), STAYS),
    **dict.fromkeys(("report.py", "migrate.py", "manage.py"), ENDS),
}
# Nobody but their owner may read them.
MODE = 0o700
PROGRAMS = {
    "python3": sys.executable,
    "PYTHONPATH=/opt": f"PYTHONPATH={ROOT}",
    "files": "local.files",
    "/usr/bin/valkey-server": str(binaries.valkey()),
}


def archives(folder: Path) -> dict[str, str]:
    """The SHA-256 of each archive that is in the folder then, by its format."""
    made = {"tar.gz": _tar(), "zip": _zip()}
    found = {kind: hashlib.sha256(content).hexdigest() for kind, content in made.items()}
    for kind, content in made.items():
        (folder / f"{found[kind]}.{kind}").write_bytes(content)
    return found


def at_hand(job: dict[str, Any], url: str, hashes: dict[str, str]) -> dict[str, Any]:
    """The golden job, with the archive and the programs of this machine in it; one instance."""
    found = deepcopy(job)
    [group] = found["TaskGroups"]
    [task] = group["Tasks"]
    group["Count"] = 1
    if "Scaling" in group:
        # A singleton's bound is its count.
        group["Scaling"]["Max"] = max(1, group["Scaling"]["Max"])
    for artifact in task.get("Artifacts", ()):
        kind = "zip" if artifact["GetterSource"].endswith(".zip") else "tar.gz"
        artifact["GetterSource"] = f"{url}/{hashes[kind]}.{kind}"
        artifact["GetterOptions"] = {"checksum": f"sha256:{hashes[kind]}"}
    config = task["Config"]
    if config["command"] in ("/usr/bin/env", "/bin/sh"):
        config["args"] = [PROGRAMS.get(word, word) for word in config["args"]]
    return found


def keys(job: dict[str, Any]) -> list[str]:
    """The keys of the Variable that the job's template reads."""
    texts = [one["EmbeddedTmpl"] for one in job["TaskGroups"][0]["Tasks"][0].get("Templates", ())]
    return re.findall(r"\.(\w+)\.Value", "".join(texts))


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, content in FILES.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), MODE
            tar.addfile(member, io.BytesIO(content.encode()))
    return out.getvalue()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        for name, content in FILES.items():
            member = zipfile.ZipInfo(name)
            member.external_attr = (0o100000 | MODE) << 16
            zipped.writestr(member, content)
    return out.getvalue()
