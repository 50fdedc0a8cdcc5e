from __future__ import annotations

from django.db import models


class Slug(models.Model):
    """A name taken on the whole platform, by a service or a resource of any team.

    Consul and the edge have one name space for all teams, so both nouns draw from this table:
    its primary key is what makes `<app>-<environment>-<name>` unique over both.
    """

    slug = models.CharField(max_length=56, primary_key=True)

    def __str__(self) -> str:
        return self.slug
