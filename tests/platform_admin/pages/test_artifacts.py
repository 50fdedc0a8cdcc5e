from __future__ import annotations

import pytest
from django.test import Client

from platform_admin.verbs.artifacts import artifact_path
from tests.platform_admin.pages.site import ARCHIVE, Site


def test_a_node_gets_the_bytes_without_a_session(site: Site, client: Client) -> None:
    response = client.get(f"/artifacts/{site.artifact.sha256}.tar.gz")

    assert b"".join(response) == ARCHIVE
    assert response.headers["Content-Type"] == "application/gzip"
    assert response.headers["Content-Length"] == str(len(ARCHIVE))


def test_what_is_known_by_its_hash_never_changes(site: Site, client: Client) -> None:
    response = client.head(f"/artifacts/{site.artifact.sha256}.tar.gz")

    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["ETag"] == f'"{site.artifact.sha256}"'


@pytest.mark.parametrize("name", ["0" * 64 + ".tar.gz", "short.zip", "..-..-secrets.tar.gz"])
def test_an_unknown_hash_is_404(site: Site, client: Client, name: str) -> None:
    assert client.get(f"/artifacts/{name}").status_code == 404


def test_the_other_format_of_a_known_hash_is_404(site: Site, client: Client) -> None:
    assert client.get(f"/artifacts/{site.artifact.sha256}.zip").status_code == 404


def test_a_row_whose_file_is_gone_is_404(site: Site, client: Client) -> None:
    artifact_path(site.artifact).unlink()

    assert client.get(f"/artifacts/{site.artifact.sha256}.tar.gz").status_code == 404


def test_nothing_can_be_written_there(site: Site, client: Client) -> None:
    assert client.post(f"/artifacts/{site.artifact.sha256}.tar.gz").status_code == 405
