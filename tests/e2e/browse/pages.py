"""Every page of ours: what is opened by its address, and no more than looked at.

A row that is added to the table is a page, until it stands here as none.
"""

from __future__ import annotations

from django.urls import URLPattern

from platform_admin.urls import urlpatterns
from tests.e2e.addresses import NAMES, address_of

# What a page asks for to keep itself new.
PARTS = ("_live", "_preview")
# What changes something, or is read by programs.
NO_PAGES = frozenset(
    {
        "app_variables_paste",
        "app_variables_save",
        "app_variables_secret",
        "artifact",
        # It is there once something was deleted: its own tests look at it.
        "deletion",
        "deployment_cancel",
        # These are there once somebody made one: their own tests look at them.
        "domain",
        "service_run",
        "environment_restart",
        "environment_resume",
        "environment_suspend",
        "healthz",
        "instance_restart",
        "logout",
        "release_deploy",
        "release_go_back",
        "rotation_again",
        # Its number is given by the platform: it is opened where a secret is rotated.
        "rotation",
        "service_break",
        "service_restart",
        "service_resume",
        "service_suspend",
        "service_log_download",
        "service_scale",
        "service_scale_end",
        "service_scaling_pause",
        "service_scaling_replay",
        "service_scaling_resume",
        "service_scaling_save",
        "service_traffic_start",
        "service_traffic_stop",
        "service_variables_paste",
        "service_variables_save",
        "service_variables_secret",
        "domain_certificate",
        "domain_check",
        "domain_paths",
        "domain_remove",
        "domain_save",
        "domains_add",
        "file_apply",
        "file_download",
        "file_schema",
        "resource_database",
        "resource_dump",
        "resource_dump_delete",
        "resource_dump_file",
        "service_run_cancel",
        "service_run_now",
        "service_run_once",
        "status_part_log",
        "team_member",
        "variables_paste",
        "variables_save",
        "variables_secret",
    }
)


def pages(app: str) -> dict[str, str]:
    """The addresses of all pages of an app, and of those beside it, by their names."""
    names = NAMES | {"app": app}
    return {str(row.name): address_of(row, names) for row in _rows() if not _is_no_page(row)}


def _rows() -> list[URLPattern]:
    # The admin, which hangs on a row of its own, is Unfold's; test_admin.py looks at what is ours.
    return [row for row in urlpatterns if isinstance(row, URLPattern)]


def _is_no_page(row: URLPattern) -> bool:
    return row.name in NO_PAGES or str(row.name).endswith(PARTS)
