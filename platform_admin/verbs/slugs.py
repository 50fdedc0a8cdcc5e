from __future__ import annotations

from django.db import IntegrityError, transaction

from platform_admin.models import Environment, Slug
from platform_admin.verbs.errors import Invalid


def take_slug(environment: Environment, name: str) -> Slug:
    """The name's slug, taken on the whole platform. Invalid: name, where another has it.

    `a-b` with `c` reads like `a` with `b-c`, and services and resources share one name space.
    """
    slug = Slug(slug=f"{environment.prefix}{name}")
    try:
        with transaction.atomic():
            slug.save(force_insert=True)
    except IntegrityError as error:
        said = (
            f"{slug} is already the name of something on this platform, and names must differ in"
            " Consul: choose another name."
        )
        raise Invalid({"name": [said]}) from error
    return slug


def taken_names(environment: Environment, but: str = "") -> set[str]:
    """The names of the environment's services and resources, without `but`."""
    services = environment.services.values_list("name", flat=True)
    resources = environment.resources.values_list("name", flat=True)
    return {*services, *resources} - {but}
