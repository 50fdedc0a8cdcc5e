from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from jobs.deploy import rows
from jobs.deploy.actions import Rows
from platform_admin.models import Colour, Quota, Reservation, Rollout, Service
from platform_admin.verbs.errors import NoRoom


def test_what_was_written_is_read_again(web: Service) -> None:
    before = rows.read(web.pk)
    moving = replace(before.rollout, at=Fraction(1, 3), next=Fraction(2, 3), moving=True, hold=1)
    assert rows.write(web, before.rollout.version, Rows(moving))
    after = rows.read(web.pk).rollout
    assert after == replace(moving, version=before.rollout.version + 1)


def test_a_writer_with_an_old_version_writes_nothing(web: Service) -> None:
    before = rows.read(web.pk)
    verified = replace(before.green, verified=True)
    Rollout.objects.filter(service=web).update(version=before.rollout.version + 1)
    assert not rows.write(web, before.rollout.version, Rows(before.rollout, (verified,)))
    assert not Colour.objects.get(service=web, colour="green").verified


def test_a_deployment_never_writes_the_counts_that_belong_to_apply(web: Service) -> None:
    before = rows.read(web.pk)
    Colour.objects.filter(service=web, colour="blue").update(acknowledged=None, mark=7, at_most=9)
    stands_by = replace(before.blue, stand_by=1)
    assert rows.write(web, before.rollout.version, Rows(before.rollout, (stands_by,)))
    blue = Colour.objects.get(service=web, colour="blue")
    assert (blue.acknowledged, blue.mark, blue.at_most, blue.stand_by) == (None, 7, 9, 1)


def test_rows_that_do_not_fit_the_quota_are_not_written(web: Service) -> None:
    before = rows.read(web.pk)
    Quota.objects.update(instances=2, surge_percent=0)
    too_much = replace(before.green, stand_by=3)
    with pytest.raises(NoRoom):
        rows.write(web, before.rollout.version, Rows(before.rollout, (too_much,)))
    assert rows.read(web.pk) == before
    assert Reservation.objects.get(service=web).instances == 2
