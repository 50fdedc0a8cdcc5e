"""Decisions of the scaler as its loop would hand them over."""

from __future__ import annotations

from dataclasses import asdict

from platform_admin.models import ScalingPolicy, Service
from platform_admin.rules.policy import default_policy
from platform_admin.verbs.scaling import Decided
from scaler.rules.steps import STEPS


def follow(service: Service) -> None:
    """The service's policy is on."""
    fields = asdict(default_policy(service.kind)) | {"mode": "on"}
    ScalingPolicy.objects.filter(service=service).update(**fields)


def decision(service: Service, count: int) -> Decided:
    """A decision that was made from the service's rows as they stand now."""
    row = Service.objects.select_related("policy").get(pk=service.pk)
    return Decided(
        service=row.pk,
        version=row.desired_version,
        policy_version=row.policy.version,
        before=row.desired,
        count=count,
        step="proposal",
        counts=(*[row.desired] * 2, *[count] * (len(STEPS) - 2)),
        numbers={"desired": float(row.desired), "wanted": float(count)},
    )
