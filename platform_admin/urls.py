"""Which address is answered by what: addresses read like what they show."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from platform_admin.admin.site import site as operators
from platform_admin.forms.sign_in import SignInForm
from platform_admin.live import deletions as live_deletions
from platform_admin.live import deployments as live_deployments
from platform_admin.live import dumps as live_dumps
from platform_admin.live import environment as live_environment
from platform_admin.live import fetches as live_fetches
from platform_admin.live import log_pane as live_log
from platform_admin.live import logs as live_logs
from platform_admin.live import part_log as live_part_log
from platform_admin.live import parts as live_parts
from platform_admin.live import preview as live_preview
from platform_admin.live import replays as live_replays
from platform_admin.live import rotations as live_rotations
from platform_admin.live import runs as live_runs
from platform_admin.live import service as live_service
from platform_admin.live import variables as live_variables
from platform_admin.pages import (
    app,
    artifacts,
    checklist,
    deletions,
    deployments,
    domains,
    dumps,
    environment,
    environment_settings,
    faults,
    file,
    home,
    logs,
    part,
    plan,
    releases,
    resource_logins,
    resources,
    restarted,
    rotations,
    runs,
    scaling,
    search,
    secrets,
    service,
    service_form,
    service_releases,
    status,
    suspended,
    teams,
    traffic,
    variables,
)
from platform_admin.pages.access import anyone
from platform_admin.pages.health import health

PART = "status/<slug:part>/"
APP_VARIABLES = "<slug:app>/variables/"
ROTATION = f"{APP_VARIABLES}rotations/<int:number>/"
ENVIRONMENT = "<slug:app>/<slug:env>/"
SERVICE = f"{ENVIRONMENT}<slug:service>/"
RESOURCE = f"{ENVIRONMENT}resources/<slug:resource>/"
FETCH = f"{ENVIRONMENT}live/fetch/<uuid:fetch>/"
DEPLOYMENT = f"{ENVIRONMENT}deployments/<int:number>/"
DOMAIN = f"{ENVIRONMENT}domains/<str:host>/"
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
    path("api/environment.schema.json", file.json_schema, name="file_schema"),
    path("", home.home, name="home"),
    path("search", search.search, name="search"),
    path("new/", app.new, name="new_app"),
    path("status/", status.status, name="status"),
    path("status/live/parts/", live_parts.parts, name="status_parts_live"),
    path("teams/<slug:team>/", teams.team, name="team"),
    path("teams/<slug:team>/member/", teams.member, name="team_member"),
    path("teams/<slug:team>/deletions/<int:number>/", deletions.deletion, name="deletion"),
    path(
        "teams/<slug:team>/deletions/<int:number>/live/progress/",
        live_deletions.progress,
        name="deletion_live",
    ),
]

parts = [
    path(PART, part.part, name="status_part"),
    path(f"{PART}live/log/", live_part_log.log, name="status_part_live"),
    path(f"{PART}log/", part.log, name="status_part_log"),
]

apps = [
    path("<slug:app>/", app.overview, name="app"),
    path("<slug:app>/settings/delete/", deletions.of_an_app, name="app_delete"),
    path("<slug:app>/new/", app.new_environment, name="new_environment"),
    path(APP_VARIABLES, variables.of_app_page, name="app_variables"),
    path(f"{APP_VARIABLES}save/", variables.save_app, name="app_variables_save"),
    path(f"{APP_VARIABLES}paste/", variables.paste_app, name="app_variables_paste"),
    path(f"{APP_VARIABLES}live/", live_variables.of_app_form, name="app_variables_live"),
    path(f"{APP_VARIABLES}secret/", secrets.of_app_secret, name="app_variables_secret"),
    path(ROTATION, rotations.rotation, name="rotation"),
    path(f"{ROTATION}live/services/", live_rotations.services, name="rotation_live"),
    path(f"{ROTATION}again/", rotations.again, name="rotation_again"),
]

environments = [
    path(ENVIRONMENT, environment.overview, name="environment"),
    path(f"{ENVIRONMENT}live/overview/", live_environment.overview, name="environment_live"),
    path(f"{ENVIRONMENT}live/archive/", live_preview.archive, name="archive_live"),
    path(f"{ENVIRONMENT}live/fetch/", live_fetches.ask, name="fetch_live"),
    path(FETCH, live_fetches.progress, name="fetch_progress_live"),
    path(f"{FETCH}cancel/", live_fetches.cancel, name="fetch_cancel_live"),
    path(f"{ENVIRONMENT}plan/", plan.plan, name="plan"),
    path(f"{ENVIRONMENT}plan/file/", file.show, name="file"),
    path(f"{ENVIRONMENT}plan/file/apply/", file.apply, name="file_apply"),
    path(f"{ENVIRONMENT}plan/file/download/", file.download, name="file_download"),
    path(f"{ENVIRONMENT}settings/", environment_settings.settings, name="environment_settings"),
    path(f"{ENVIRONMENT}settings/restart/", restarted.restart_all, name="environment_restart"),
    path(f"{ENVIRONMENT}settings/suspend/", suspended.suspend_all, name="environment_suspend"),
    path(f"{ENVIRONMENT}settings/resume/", suspended.resume_all, name="environment_resume"),
    path(f"{ENVIRONMENT}settings/delete/", deletions.of_an_environment, name="environment_delete"),
    path(f"{ENVIRONMENT}checklist/", checklist.checklist, name="checklist"),
    path(f"{ENVIRONMENT}variables/", variables.of_environment_page, name="variables"),
    path(f"{ENVIRONMENT}variables/save/", variables.save_environment, name="variables_save"),
    path(f"{ENVIRONMENT}variables/paste/", variables.paste_environment, name="variables_paste"),
    path(
        f"{ENVIRONMENT}variables/live/",
        live_variables.of_environment_form,
        name="variables_live",
    ),
    path(
        f"{ENVIRONMENT}variables/secret/",
        secrets.of_environment_secret,
        name="variables_secret",
    ),
    path(f"{ENVIRONMENT}domains/", domains.domains, name="domains"),
    path(f"{ENVIRONMENT}domains/add/", domains.add, name="domains_add"),
    path(DOMAIN, domains.domain, name="domain"),
    path(f"{DOMAIN}save/", domains.save, name="domain_save"),
    path(f"{DOMAIN}paths/", domains.paths, name="domain_paths"),
    path(f"{DOMAIN}certificate/", domains.certificate, name="domain_certificate"),
    path(f"{DOMAIN}check/", domains.check, name="domain_check"),
    path(f"{DOMAIN}remove/", domains.remove, name="domain_remove"),
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
    path(f"{RESOURCE}delete/", deletions.of_a_resource, name="resource_delete"),
    path(f"{RESOURCE}databases/", resources.database, name="resource_database"),
    path(f"{RESOURCE}rotate/", resource_logins.rotate, name="resource_rotate"),
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
    path(f"{SERVICE}restart/", restarted.restart, name="service_restart"),
    path(f"{SERVICE}suspend/", suspended.suspend, name="service_suspend"),
    path(f"{SERVICE}resume/", suspended.resume, name="service_resume"),
    path(f"{SERVICE}delete/", deletions.of_a_service, name="service_delete"),
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
    path(f"{SERVICE}runs/", runs.runs, name="service_runs"),
    path(f"{SERVICE}runs/live/history/", live_runs.history, name="service_runs_live"),
    path(f"{SERVICE}runs/now/", runs.now, name="service_run_now"),
    path(f"{SERVICE}runs/once/", runs.once, name="service_run_once"),
    path(f"{SERVICE}runs/<int:run>/", runs.run, name="service_run"),
    path(f"{SERVICE}runs/<int:run>/live/run/", live_runs.one, name="service_run_live"),
    path(f"{SERVICE}runs/<int:run>/cancel/", runs.cancel, name="service_run_cancel"),
    path(f"{SERVICE}logs/", logs.logs, name="service_logs"),
    path(f"{SERVICE}logs/live/lines/", live_logs.lines, name="service_logs_live"),
    path(f"{SERVICE}logs/live/whose/", live_logs.whose, name="service_log_whose_live"),
    path(f"{SERVICE}logs/live/newer/", live_log.newer, name="service_log_newer_live"),
    path(f"{SERVICE}logs/live/earlier/", live_log.earlier, name="service_log_earlier_live"),
    path(f"{SERVICE}logs/download/", logs.download, name="service_log_download"),
    path(f"{SERVICE}variables/", variables.of_service_page, name="service_variables"),
    path(f"{SERVICE}variables/save/", variables.save_service, name="service_variables_save"),
    path(f"{SERVICE}variables/paste/", variables.paste_service, name="service_variables_paste"),
    path(
        f"{SERVICE}variables/live/",
        live_variables.of_service_form,
        name="service_variables_live",
    ),
    path(
        f"{SERVICE}variables/secret/",
        secrets.of_service_secret,
        name="service_variables_secret",
    ),
    path(f"{SERVICE}settings/", service_form.settings, name="service_settings"),
    path(
        f"{SERVICE}settings/live/preview/",
        live_preview.of_settings,
        name="service_settings_preview",
    ),
]

urlpatterns = [*platform, *parts, *apps, *environments, *services]
