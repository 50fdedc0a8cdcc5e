"""Nomad: `connect` gives the typed client, which goes through the one door."""

from __future__ import annotations

from jobs.nomad.allocation import Allocation, Listing
from jobs.nomad.client import Nomad, connect
from jobs.nomad.evaluation import Evaluation
from jobs.nomad.event import Event
from jobs.nomad.job import Job, Plan, Registered, Scaled
from jobs.nomad.logged import LogFile, LogPart
from jobs.nomad.node import Node
from jobs.nomad.placement import PlacementFailure
from jobs.nomad.scaling import ScaleEvent, ScaleStatus
from jobs.nomad.settings import NomadSettings
from jobs.nomad.task import TaskEvent, TaskState
from jobs.nomad.variable import Variable

__all__ = [
    "Allocation",
    "Evaluation",
    "Event",
    "Job",
    "Listing",
    "LogFile",
    "LogPart",
    "Node",
    "Nomad",
    "NomadSettings",
    "PlacementFailure",
    "Plan",
    "Registered",
    "ScaleEvent",
    "ScaleStatus",
    "Scaled",
    "TaskEvent",
    "TaskState",
    "Variable",
    "connect",
]
