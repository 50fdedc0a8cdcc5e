from __future__ import annotations

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from platform_admin.grants import grant


@pytest.mark.django_db
def test_the_migrations_are_what_the_models_say() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.django_db
def test_where_there_is_one_role_only_nothing_is_granted() -> None:
    assert grant(connection, str(connection.settings_dict["USER"])) is False


@pytest.mark.django_db
def test_granting_twice_is_harmless() -> None:
    assert grant(connection, settings.APPLICATION_ROLE)
    assert grant(connection, settings.APPLICATION_ROLE)
