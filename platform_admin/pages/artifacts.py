"""The archives, for the cluster's nodes."""

from __future__ import annotations

import re

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from platform_admin.models import Artifact
from platform_admin.pages.access import anyone
from platform_admin.verbs.artifacts import artifact_path

_TYPES = {Artifact.Format.TAR_GZ: "application/gzip", Artifact.Format.ZIP: "application/zip"}
_SHA256 = re.compile(r"[0-9a-f]{64}")
A_YEAR_S = 365 * 24 * 3600


@anyone
@require_safe
def artifact(request: HttpRequest, sha256: str, archive: str) -> FileResponse:
    """The bytes of an archive, streamed; 404 for any hash that was not uploaded here.

    Open without a session: Nomad's clients have none, and who knows the hash has the archive.
    """
    if archive not in Artifact.Format.values or not _SHA256.fullmatch(sha256):
        raise Http404
    found = Artifact.objects.filter(sha256=sha256, format=archive).first()
    if found is None:
        raise Http404
    try:
        stream = artifact_path(found).open("rb")
    except OSError as error:
        raise Http404 from error
    response = FileResponse(stream, content_type=_TYPES[Artifact.Format(found.format)])
    response["Cache-Control"] = f"public, max-age={A_YEAR_S}, immutable"
    response["ETag"] = f'"{sha256}"'
    return response
