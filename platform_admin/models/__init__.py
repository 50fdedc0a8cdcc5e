from __future__ import annotations

from platform_admin.models.app import App, Environment
from platform_admin.models.artifact import Artifact
from platform_admin.models.audit import AuditEvent
from platform_admin.models.cell import Cell
from platform_admin.models.deletion import Deletion
from platform_admin.models.deployment import Deployment, DeploymentStep
from platform_admin.models.domain import Domain, Path
from platform_admin.models.dump import Dump
from platform_admin.models.event import ScalingEvent
from platform_admin.models.fault import Fault
from platform_admin.models.fetch import Fetch
from platform_admin.models.learned import Learned
from platform_admin.models.limits import ServiceLimits
from platform_admin.models.link import Link
from platform_admin.models.observed import Instance
from platform_admin.models.policy import ScalingPolicy
from platform_admin.models.quota import Quota, Reservation
from platform_admin.models.release import Release
from platform_admin.models.resource import Credential, Database, Resource
from platform_admin.models.rollout import Colour, ColourName, Rollout
from platform_admin.models.rotation import Rotation
from platform_admin.models.run import Launches, Run
from platform_admin.models.service import Service
from platform_admin.models.shard import SHARDS, Shard
from platform_admin.models.slug import Slug
from platform_admin.models.team import Membership, Team
from platform_admin.models.tick import SampleHour, Tick
from platform_admin.models.variable import SecretVersion, Variable

__all__ = [
    "SHARDS",
    "App",
    "Artifact",
    "AuditEvent",
    "Cell",
    "Colour",
    "ColourName",
    "Credential",
    "Database",
    "Deletion",
    "Deployment",
    "DeploymentStep",
    "Domain",
    "Dump",
    "Environment",
    "Fault",
    "Fetch",
    "Instance",
    "Launches",
    "Learned",
    "Link",
    "Membership",
    "Path",
    "Quota",
    "Release",
    "Reservation",
    "Resource",
    "Rollout",
    "Rotation",
    "Run",
    "SampleHour",
    "ScalingEvent",
    "ScalingPolicy",
    "SecretVersion",
    "Service",
    "ServiceLimits",
    "Shard",
    "Slug",
    "Team",
    "Tick",
    "Variable",
]
