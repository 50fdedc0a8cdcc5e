"""What a service's form, file or call says of it, and what is wrong with that. Pure."""

from __future__ import annotations

from platform_admin.rules.fields.check import service_errors
from platform_admin.rules.fields.errors import Errors, Found, collected, either
from platform_admin.rules.fields.identity import CRON, KINDS, WORKER, name_error
from platform_admin.rules.fields.reach import LARGEST_PORT
from platform_admin.rules.fields.runs import CONTAINERS, PROCESSES, command_error
from platform_admin.rules.fields.service import ServiceFields
from platform_admin.rules.fields.size import SMALLEST_MEMORY_MB, size_errors

__all__ = [
    "CONTAINERS",
    "CRON",
    "KINDS",
    "LARGEST_PORT",
    "PROCESSES",
    "SMALLEST_MEMORY_MB",
    "WORKER",
    "Errors",
    "Found",
    "ServiceFields",
    "collected",
    "command_error",
    "either",
    "name_error",
    "service_errors",
    "size_errors",
]
