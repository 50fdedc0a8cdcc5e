from __future__ import annotations

import gzip
import hashlib
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from pytest_django import Settings

from platform_admin.models import Artifact, AuditEvent
from platform_admin.verbs.artifacts import artifact_path, upload_artifact
from platform_admin.verbs.errors import Invalid
from tests.platform_admin.verbs.archives import special, tar_gz, zipped
from tests.platform_admin.verbs.world import World

GOOD = tar_gz({"web.py": b"print('here')", "lib/a.py": b""})


def refused(world: World, content: bytes, filename: str = "x.tar.gz") -> str:
    before = Artifact.objects.count()
    with pytest.raises(Invalid) as caught:
        upload_artifact(world.dana, world.team, filename, BytesIO(content))
    assert list(caught.value.errors) == ["artifact"]
    assert Artifact.objects.count() == before
    return caught.value.errors["artifact"][0]


def stored(state: Path) -> list[str]:
    return sorted(path.name for path in (state / "artifacts").iterdir())


def test_an_archive_is_stored_by_its_hash(world: World) -> None:
    artifact = upload_artifact(world.dana, world.team, "../My App.tar.gz", BytesIO(GOOD))

    assert artifact.sha256 == hashlib.sha256(GOOD).hexdigest()
    assert (artifact.format, artifact.size_bytes) == ("tar.gz", len(GOOD))
    assert artifact.filename == "My App.tar.gz"
    assert artifact_path(artifact).read_bytes() == GOOD
    assert artifact_path(artifact).name == f"{artifact.sha256}.tar.gz"


def test_a_zip_is_known_by_its_bytes_whatever_its_name_says(world: World) -> None:
    content = zipped({"web.py": b"pass"}, {"main.py": "web.py"})
    artifact = upload_artifact(world.dana, world.team, "app.tar.gz", BytesIO(content))

    assert artifact.format == "zip"
    assert artifact_path(artifact).suffix == ".zip"


def test_the_same_bytes_give_the_same_row_and_one_audit_row(world: World) -> None:
    first = upload_artifact(world.dana, world.team, "a.tar.gz", BytesIO(GOOD))
    second = upload_artifact(world.dev, world.team, "b.tar.gz", BytesIO(GOOD))

    assert first == second
    assert AuditEvent.objects.filter(verb="upload artifact", actor_name="dev").count() == 0


def test_another_team_has_a_row_of_its_own_over_the_same_bytes(world: World, state: Path) -> None:
    mine = upload_artifact(world.dana, world.team, "a.tar.gz", BytesIO(GOOD))
    before = stored(state)
    theirs = upload_artifact(world.ella, world.others, "a.tar.gz", BytesIO(GOOD))

    assert mine != theirs
    assert stored(state) == before


def test_nothing_is_left_behind_by_a_refused_upload(world: World, state: Path) -> None:
    before = stored(state)
    refused(world, b"no archive")

    assert stored(state) == before


def test_an_upload_that_breaks_off_leaves_nothing(world: World, state: Path) -> None:
    class Cut(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise ConnectionError("gone")
            return super().read(10)

    before = stored(state)
    with pytest.raises(ConnectionError):
        upload_artifact(world.dana, world.team, "x.tar.gz", Cut(GOOD))

    assert stored(state) == before


@pytest.mark.parametrize("content", [b"", b"plain text", b"\x7fELF....", b"\x1f\x8bnot gzip"])
def test_what_is_no_archive_is_refused(world: World, content: bytes) -> None:
    said = refused(world, content)

    assert "neither a .tar.gz nor a .zip" in said or "broken or cut off" in said


@pytest.mark.parametrize("keep", [20, 60, -20, -4])
def test_an_archive_that_is_cut_off_is_refused(world: World, keep: int) -> None:
    assert "broken or cut off" in refused(world, GOOD[:keep])


def test_a_zip_whose_content_is_damaged_is_refused(world: World) -> None:
    content = bytearray(zipped({"web.py": b"print('some content that is long enough')" * 9}))
    content[50] ^= 0xFF

    assert "broken or cut off" in refused(world, bytes(content))


def test_a_gzip_without_a_tar_is_refused(world: World) -> None:
    assert "broken or cut off" in refused(world, gzip.compress(b"x" * 2000))


def test_an_archive_that_is_too_large_is_refused_while_it_comes(
    world: World, settings: Settings
) -> None:
    settings.MUSTER_ARTIFACT_LIMIT_MB = 1

    class Endless(BytesIO):
        sent = 0

        def read(self, size: int | None = -1, /) -> bytes:
            Endless.sent += 1
            return b"\x1f\x8b" * 1000

    with pytest.raises(Invalid, match="larger than 1 MB"):
        upload_artifact(world.dana, world.team, "x.tar.gz", Endless())
    assert Endless.sent < 1000


@pytest.mark.parametrize("pack", [lambda c: tar_gz({"zeros": c}), lambda c: zipped({"zeros": c})])
def test_a_bomb_is_refused(world: World, settings: Settings, pack: object) -> None:
    settings.MUSTER_ARTIFACT_LIMIT_MB = 1
    content = pack(b"\0" * (17 * 2**20))  # type: ignore[operator]
    assert len(content) < 2**20

    assert "more than 16 MB" in refused(world, content)


def test_a_bomb_behind_the_end_of_the_tar_is_refused(world: World, settings: Settings) -> None:
    settings.MUSTER_ARTIFACT_LIMIT_MB = 1
    content = gzip.compress(gzip.decompress(GOOD) + b"\0" * (17 * 2**20))

    assert "more than 16 MB" in refused(world, content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (tar_gz({"../x": b""}), "outside of the archive's folder"),
        (tar_gz({"/etc/passwd": b""}), "outside of the archive's folder"),
        (tar_gz({"a/../../x": b""}), "outside of the archive's folder"),
        (tar_gz({"a": b""}, [special("dev", tarfile.CHRTYPE)]), "a device, a pipe or a socket"),
        (tar_gz({"a": b""}, [special("p", tarfile.FIFOTYPE)]), "a device, a pipe or a socket"),
        (tar_gz({"a": b""}, [special("l", tarfile.SYMTYPE, "/etc")]), "out of the archive"),
        (tar_gz({"a": b""}, [special("l", tarfile.LNKTYPE, "a")]), "a hard link"),
        (tar_gz({"a": b"", "l/x": b""}, [special("l", tarfile.SYMTYPE, "b")]), "behind a link"),
        (tar_gz({}), "no file"),
        (zipped({"../x": b""}), "outside of the archive's folder"),
        (zipped({"/x": b""}), "outside of the archive's folder"),
        (zipped({"a": b""}, {"l": "../../etc"}), "out of the archive"),
        (zipped({}), "no file"),
        (tar_gz({f"f{i}": b"" for i in range(4097)}), "more than 4096 members"),
    ],
    ids=range(14),
)
def test_members_that_are_not_safe_are_refused(world: World, content: bytes, said: str) -> None:
    assert said in refused(world, content)


def test_an_encrypted_zip_is_refused(world: World) -> None:
    content = bytearray(zipped({"web.py": b"pass"}))
    with zipfile.ZipFile(BytesIO(content)) as file:
        directory = file.start_dir
    content[6] |= 1
    content[directory + 8] |= 1

    assert "encrypted" in refused(world, bytes(content))


def headers(kind: bytes, size: int, count: int) -> list[tuple[tarfile.TarInfo, bytes]]:
    """Extended headers of this many bytes, of the sort that is slow to read."""
    entry = tarfile.TarInfo("x")
    entry.type, entry.size = kind, size
    return [(entry, b"0" * size)] * count


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
@pytest.mark.parametrize(("size", "count"), [(2**20, 1), (4096, 200)])
def test_headers_that_are_work_without_end_are_refused_unread(
    world: World, kind: bytes, size: int, count: int
) -> None:
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for entry, body in headers(kind, size, count):
            tar.addfile(entry, BytesIO(body))

    assert "longer headers" in refused(world, out.getvalue())


def test_long_names_and_times_of_files_are_no_such_headers(world: World) -> None:
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT) as tar:
        for number in range(1000):
            entry = tarfile.TarInfo(f"{'folder/' * 40}{number}-é.py")
            entry.mtime = 1.5
            tar.addfile(entry)

    upload_artifact(world.dana, world.team, "long.tar.gz", BytesIO(out.getvalue()))
