"""Where the embedded Postgres keeps its data: in the state folder, or where its user can go."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from local.launch import binaries
from local.launch.process import Owner


def home(folder: Path, owner: Owner | None) -> Path:
    """The folder around the data: `folder`, or one elsewhere that Postgres' user can enter.

    The link `folder/data` names the one elsewhere. It moves with the state folder and goes with
    it, so a deleted one begins anew, though its old data stays where it was.
    """
    if owner is None:
        return folder
    chosen = folder if binaries.can_enter(folder.parent, owner) else _elsewhere(folder / "data")
    os.chown(chosen, owner.uid, owner.gid)
    return chosen


def _elsewhere(link: Path) -> Path:
    if not link.is_symlink():
        link.symlink_to(binaries.shared_folder(uuid.uuid4().hex) / "postgres" / "data")
    made = link.readlink().parent
    made.mkdir(mode=0o700, parents=True, exist_ok=True)
    return made
