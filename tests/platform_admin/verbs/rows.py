"""What the cluster's side would have written, set by hand: live colours and rollouts."""

from __future__ import annotations

from fractions import Fraction

from platform_admin.models import Colour, Deployment, Release, Rollout, Service


def make_live(service: Service, release: Release, colour: str = "blue") -> None:
    """The release is live on this colour, all of its instances acknowledged."""
    service.refresh_from_db()
    Rollout.objects.filter(service=service).update(
        live=colour, new="green" if colour == "blue" else "blue", at=Fraction(0), next=Fraction(0)
    )
    Colour.objects.filter(service=service, colour=colour).update(
        release=release, verified=True, acknowledged=service.desired, at_most=service.desired
    )


def succeed(deployment: Deployment) -> None:
    """The deployment has ended, and what it touched is live."""
    for service in deployment.services.all():
        make_live(service, deployment.release)
    Deployment.objects.filter(pk=deployment.pk).update(state=Deployment.State.SUCCEEDED)
