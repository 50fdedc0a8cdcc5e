"""The settings under which tests run (and mypy reads the models): the platform's own, faster."""

from __future__ import annotations

import os

for name, value in {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "NOMAD_ADDR": "http://127.0.0.1:1",
    "CONSUL_HTTP_ADDR": "http://127.0.0.1:1",
    "MUSTER_SECRET_KEY": "only-for-tests",
    "MUSTER_ENCRYPTION_KEYS": "test:" + "A" * 43 + "=",
    "MUSTER_URL": "http://127.0.0.1:8000",
    "MUSTER_STATE": "/nonexistent",
}.items():
    os.environ.setdefault(name, value)
os.environ["MUSTER_AS_OWNER"] = "yes"

from platform_admin.settings import *  # noqa: E402, F403
from platform_admin.settings import ALLOWED_HOSTS, DATABASES, STORAGES  # noqa: E402

ALLOWED_HOSTS += ["testserver"]
DATABASES["default"]["OPTIONS"] = {}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
