"""Which address is answered by what: addresses read like what they show."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from platform_admin.admin.site import site as operators
from platform_admin.forms.sign_in import SignInForm
from platform_admin.live import deployments as live_deployments
from platform_admin.live import dumps as live_dumps
from platform_admin.live import environment as live_environment
from platform_admin.live import logs as live_logs
from platform_admin.live import part_log as live_part_log
from platform_admin.live import parts as live_parts
from platform_admin.live import preview as live_preview
from platform_admin.live import replays as live_replays
from platform_admin.live import service as live_service
from platform_admin.pages import (
    app,
    artifacts,
    checklist,
    deployments,
    dumps,
    environment,
    faults,
    home,
    logs,
    part,
    plan,
    releases,
    resources,
    scaling,
    search,
    service,
    service_form,
    service_releases,
    status,
    teams,
    traffic,
    variables,
)
from platform_admin.pages.access import anyone
from platform_admin.pages.health import health

PART = "status/<slug:part>/"
ENVIRONMENT = "<slug:app>/<slug:env>/"
SERVICE = f"{ENVIRONMENT}<slug:service>/"
RESOURCE = f"{ENVIRONMENT}resources/<slug:resource>/"
DEPLOYMENT = f"{ENVIRONMENT}deployments/<int:number>/"
RELEASE = f"{ENVIRONMENT}releases/<int:number>/"

platform = [
    path("healthz", anyone(health), name="healthz"),
    path("admin/", operators.urls),
    path(
        "accounts/login/",
        anyone(LoginView.as_view(authentication_form=SignInForm)),
        name="login",
    ),
    path("accounts/logout/", anyone(LogoutView.as_view()), name="logout"),
    path("artifacts/<slug:sha256>.<str:archive>", artifacts.artifact, name="artifact"),
    path("", home.home, name="home"),
    path("search", search.search, name="search"),
    path("new/", app.new, name="new_app"),
    path("status/", status.status, name="status"),
    path("status/live/parts/", live_parts.parts, name="status_parts_live"),
    path("teams/<slug:team>/", teams.team, name="team"),
    path("teams/<slug:team>/member/", teams.member, name="team_member"),
]

parts = [
    path(PART, part.part, name="status_part"),
    path(f"{PART}live/log/", live_part_log.log, name="status_part_live"),
    path(f"{PART}log/", part.log, name="status_part_log"),
]

environments = [
    path("<slug:app>/", app.overview, name="app"),
    path("<slug:app>/new/", app.new_environment, name="new_environment"),
    path(ENVIRONMENT, environment.overview, name="environment"),
    path(f"{ENVIRONMENT}live/overview/", live_environment.overview, name="environment_live"),
    path(f"{ENVIRONMENT}live/archive/", live_preview.archive, name="archive_live"),
    path(f"{ENVIRONMENT}plan/", plan.plan, name="plan"),
    path(f"{ENVIRONMENT}checklist/", checklist.checklist, name="checklist"),
    path(f"{ENVIRONMENT}variables/", variables.of_environment_page, name="variables"),
    path(f"{ENVIRONMENT}variables/save/", variables.save_environment, name="variables_save"),
    path(
        f"{ENVIRONMENT}variables/secret/",
        variables.secret_of_environment,
        name="variables_secret",
    ),
    path(f"{ENVIRONMENT}releases/", releases.releases, name="releases"),
    path(RELEASE, releases.release, name="release"),
    path(f"{RELEASE}deploy/", releases.deploy, name="release_deploy"),
    path(f"{RELEASE}go-back/", releases.go_back, name="release_go_back"),
    path(DEPLOYMENT, deployments.deployment, name="deployment"),
    path(f"{DEPLOYMENT}live/steps/", live_deployments.steps, name="deployment_live"),
    path(f"{DEPLOYMENT}cancel/", deployments.cancel, name="deployment_cancel"),
    path(f"{ENVIRONMENT}resources/new/", resources.new, name="new_resource"),
    path(f"{ENVIRONMENT}resources/new/external/", resources.new_external, name="new_external"),
    path(RESOURCE, resources.resource, name="resource"),
    path(f"{RESOURCE}databases/", resources.database, name="resource_database"),
    path(f"{RESOURCE}dumps/", dumps.ask, name="resource_dump"),
    path(f"{RESOURCE}live/dumps/", live_dumps.dumps, name="resource_dumps_live"),
    path(f"{RESOURCE}dumps/<uuid:dump>/", dumps.download, name="resource_dump_file"),
    path(f"{RESOURCE}dumps/<uuid:dump>/delete/", dumps.delete, name="resource_dump_delete"),
    path(f"{ENVIRONMENT}new/", service_form.new, name="new_service"),
    path(f"{ENVIRONMENT}new/live/preview/", live_preview.of_new, name="new_service_preview"),
]

services = [
    path(SERVICE, service.now, name="service"),
    path(f"{SERVICE}live/now/", live_service.now, name="service_live"),
    path(f"{SERVICE}scale/", service.scale, name="service_scale"),
    path(f"{SERVICE}scale/end/", service.end_scale, name="service_scale_end"),
    path(f"{SERVICE}traffic/start/", traffic.start, name="service_traffic_start"),
    path(f"{SERVICE}traffic/stop/", traffic.stop, name="service_traffic_stop"),
    path(f"{SERVICE}break/<slug:kind>/", faults.start, name="service_break"),
    path(f"{SERVICE}scaling/", scaling.scaling, name="service_scaling"),
    path(f"{SERVICE}scaling/save/", scaling.save, name="service_scaling_save"),
    path(f"{SERVICE}scaling/replay/", scaling.replay, name="service_scaling_replay"),
    path(
        f"{SERVICE}scaling/live/replay/<slug:replay>/",
        live_replays.now,
        name="service_scaling_replay_live",
    ),
    path(f"{SERVICE}scaling/pause/", service.pause, name="service_scaling_pause"),
    path(f"{SERVICE}scaling/resume/", service.resume, name="service_scaling_resume"),
    path(
        f"{SERVICE}instances/<slug:allocation>/restart/",
        service.restart,
        name="instance_restart",
    ),
    path(f"{SERVICE}releases/", service_releases.releases, name="service_releases"),
    path(f"{SERVICE}logs/", logs.logs, name="service_logs"),
    path(f"{SERVICE}logs/live/lines/", live_logs.lines, name="service_logs_live"),
    path(f"{SERVICE}variables/", variables.of_service_page, name="service_variables"),
    path(f"{SERVICE}variables/save/", variables.save_service, name="service_variables_save"),
    path(
        f"{SERVICE}variables/secret/",
        variables.secret_of_service,
        name="service_variables_secret",
    ),
    path(f"{SERVICE}settings/", service_form.settings, name="service_settings"),
    path(
        f"{SERVICE}settings/live/preview/",
        live_preview.of_settings,
        name="service_settings_preview",
    ),
]

urlpatterns = [*platform, *parts, *environments, *services]
