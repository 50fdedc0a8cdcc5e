"""The one format of a release, a file, an API body and a preview. Pure."""

from __future__ import annotations

from jobs.document.diff import Change, changed, diff
from jobs.document.error import DocumentError
from jobs.document.read import read, read_service
from jobs.document.types import (
    ConstraintDoc,
    Document,
    DomainDoc,
    HeaderDoc,
    LinkDoc,
    PathDoc,
    PortDoc,
    RedirectDoc,
    ResourceDoc,
    RestartDoc,
    Scope,
    SecretRef,
    ServiceDoc,
)
from jobs.document.write import FORMAT, digest, write

__all__ = [
    "FORMAT",
    "Change",
    "ConstraintDoc",
    "Document",
    "DocumentError",
    "DomainDoc",
    "HeaderDoc",
    "LinkDoc",
    "PathDoc",
    "PortDoc",
    "RedirectDoc",
    "ResourceDoc",
    "RestartDoc",
    "Scope",
    "SecretRef",
    "ServiceDoc",
    "changed",
    "diff",
    "digest",
    "read",
    "read_service",
    "write",
]
