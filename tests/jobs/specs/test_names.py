from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.specs import command_job_id, job_id, slug, variable_path

apps = st.from_regex(r"[a-z](-?[a-z0-9]){0,11}", fullmatch=True)
parts = st.from_regex(r"[a-z][a-z0-9]{0,14}", fullmatch=True)


def test_names_are_made_of_app_environment_and_part() -> None:
    name = slug("shop", "production", "web")
    assert name == "shop-production-web"
    assert job_id(name, "green") == "shop-production-web-green"
    assert command_job_id(name, 12) == "shop-production-web--cmd-12"
    assert variable_path(job_id(name, "green")) == "nomad/jobs/shop-production-web-green"


@settings(deadline=None)
@given(apps, parts, parts)
def test_the_parts_of_a_slug_can_be_told_apart(app: str, environment: str, part: str) -> None:
    assert slug(app, environment, part).rsplit("-", 2) == [app, environment, part]


def test_the_longest_names_are_names_in_consul_and_paths_in_nomad() -> None:
    longest = slug("a" * 24, "b" * 15, "c" * 15)
    for name in (job_id(longest, "blue"), job_id(longest, "green")):
        assert re.fullmatch(r"[a-z0-9-]{1,63}", name)
        assert re.fullmatch(r"[a-zA-Z0-9-_~/]{1,128}", variable_path(name))
    command = variable_path(command_job_id(longest, 10**12))
    assert re.fullmatch(r"[a-zA-Z0-9-_~/]{1,128}", command)
