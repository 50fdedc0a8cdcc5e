"""What brings a service back that has no instance because it has nothing to do."""

from __future__ import annotations

from platform_admin.models import ScalingPolicy, Service


def followed(policy: ScalingPolicy) -> bool:
    """Whether a count follows its load by this policy: it is on and not paused."""
    return policy.mode == ScalingPolicy.Mode.ON and not policy.paused


def follows(service: Service) -> bool:
    """Whether the service's count follows its load now: by its policy, and not set by hand."""
    by_hand = service.override_until is not None or service.suspended_at is not None
    return followed(service.policy) and not by_hand


def wakes(service: Service) -> str:
    """What starts an instance again of one that follows its load, in words.

    The requests in flight are counted at its instances: without one they stay 0.
    """
    policy = service.policy
    if service.minimum:
        return f"its minimum of {service.minimum} starts it again"
    if service.kind == Service.Kind.WORKER:
        return _job_wakes(policy)
    if policy.latency_ms or policy.metric == ScalingPolicy.Metric.RATE:
        return "at its minimum of 0, and the first request wakes it"
    return "at its minimum of 0, and no request wakes it: that takes a latency target"


def _job_wakes(policy: ScalingPolicy) -> str:
    if policy.queue and (policy.drain_s or policy.jobs_per_worker):
        return f"at its minimum of 0, and the first job in {policy.queue} wakes it"
    return "at its minimum of 0, and no job wakes it: its scaling names no queue"
