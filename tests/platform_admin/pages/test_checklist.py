from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import get_args

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from platform_admin.models import (
    Cell,
    Deployment,
    DeploymentStep,
    Environment,
    Instance,
    Resource,
    ScalingPolicy,
    Service,
    Slug,
)
from platform_admin.pages import facts
from platform_admin.pages.checklist import WORDS, answered, lines
from platform_admin.rules.checklist.answer import Answer, Door, Place
from platform_admin.rules.fields import ServiceFields
from platform_admin.verbs.apps import create_environment
from platform_admin.verbs.artifacts import artifact_path, upload_artifact
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.releases import release
from platform_admin.verbs.services import change_service, create_service, fields_of
from platform_admin.verbs.variables import set_secret, set_variables
from tests.platform_admin.pages.conftest import Clock
from tests.platform_admin.pages.measuring import WEB, WORKER, tick
from tests.platform_admin.pages.site import Site
from tests.platform_admin.verbs.archives import tar_gz

PAGE = "/shop/production/checklist/"
OTHER = tar_gz({"web.py": b"print('another')\n"})


def page(site: Site) -> str:
    return str(site.bob.browser.get(PAGE).content.decode())


def answers(site: Site) -> dict[str, Answer]:
    """The answers by the beginning of their question."""
    site.environment.refresh_from_db()
    site.environment.cell.refresh_from_db()
    return {answer.question: answer for answer in answered(site.environment)}


def asked(site: Site, words: str) -> Answer:
    [found] = [answer for question, answer in answers(site).items() if words in question]
    return found


def whole(site: Site, clock: Clock) -> None:
    """An environment in which all is well: two releases were live, everything is seen."""
    store = site.redis()
    api = site.service("api", kind="private", health_path="/health", command="python3 api.py")
    web = site.service("web", health_path="/health")
    worker = site.service("worker", kind="worker", port=None, command="python3 work.py")
    for service in (api, web, worker):
        set_links(site.alice.actor, service, [LinkFields("REDIS_URL", store.name)])
    set_variables(site.alice.actor, site.environment, None, {"VERSION": "1"})
    set_secret(site.alice.actor, site.environment, None, "SIGNING_KEY", "hunter2")
    deployed(site, web, "first")
    set_variables(site.alice.actor, site.environment, None, {"VERSION": "2"})
    made = deployed(site, web, "second").release
    for number, service in enumerate((api, web, worker)):
        site.live(service, made)
        Instance.objects.filter(service=service).update(port=20000 + number)
    ScalingPolicy.objects.update(mode="on")
    ScalingPolicy.objects.filter(service=worker).update(queue="orders")
    Resource.objects.update(placed_memory_mb=64)
    Instance.objects.filter(pk=site.instance(web, 7, port=store.port).pk).update(
        service=None, resource=store, job=store.slug, colour=""
    )
    Cell.objects.update(observed_at=clock.at, sampled_at=clock.at)
    tick(clock.at - timedelta(seconds=10), [api, web, worker], {**WEB, **WORKER})


def deployed(site: Site, service: Service, note: str) -> Deployment:
    """The draft as a release that went live."""
    made = site.release(note)
    return site.deployment(service, release=made, state=Deployment.State.SUCCEEDED)


def test_all_that_is_well_answers_yes(site: Site, clock: Clock) -> None:
    whole(site, clock)

    found = answers(site)

    assert {one.question: one.evidence for one in found.values() if one.word != "yes"} == {}
    shown = page(site)
    assert "10 of 10 answered yes" in shown
    assert shown.count("<span>yes</span>") == 10


def test_the_evidence_is_what_the_rows_say(site: Site, clock: Clock) -> None:
    whole(site, clock)

    assert "3 services with 6 Nomad jobs" in asked(site, "target").evidence
    assert asked(site, "provisioned").evidence == "store (redis, port 15000) is healthy."
    assert "api at /health, web at /health; 1 worker" in asked(site, "health").evidence
    assert "Last measured 0 s ago. The load of 3 services" in asked(site, "monitoring").evidence
    assert "30 MB of each instance's output" in asked(site, "monitoring").evidence
    assert "Release 1 was live before release 2; its 3" in asked(site, "go back").evidence
    assert "web 1 to 5 (on)" in asked(site, "scaling").evidence
    assert "15 instances, but the quota has room for 9" in asked(site, "scaling").evidence


def test_a_plain_secret_is_mended_where_it_stands(site: Site, clock: Clock) -> None:
    whole(site, clock)
    web = site.environment.services.get(name="web")
    set_variables(site.alice.actor, site.environment, web, {"DB_PASSWORD": "hunter2"})

    shown = page(site)

    assert "DB_PASSWORD of web is named like a secret, but is stored in plain text" in shown
    assert "hunter2" not in shown
    assert 'href="/shop/production/web/variables/">Variables of web</a>' in shown


def test_a_typed_address_is_found_by_what_runs_there(site: Site, clock: Clock) -> None:
    whole(site, clock)
    set_variables(site.alice.actor, site.environment, None, {"API": "http://127.0.0.1:20000/v1"})

    assert asked(site, "links").evidence.endswith(
        "has 127.0.0.1:20000 (api's) typed in: a link would give it."
    )


def test_what_is_silent_is_not_well(site: Site, clock: Clock) -> None:
    whole(site, clock)
    clock.at += timedelta(minutes=4)

    assert asked(site, "monitoring").word == "no"
    assert asked(site, "provisioned").word == "not yet known"


def test_a_reading_of_long_ago_is_none(site: Site, clock: Clock) -> None:
    whole(site, clock)
    clock.at += timedelta(minutes=4)
    Cell.objects.update(observed_at=clock.at, sampled_at=clock.at)

    assert "web: the edge has reported nothing lately" in asked(site, "monitoring").evidence


def test_an_archive_whose_bytes_are_gone_is_no_way_back(site: Site, clock: Clock) -> None:
    whole(site, clock)
    artifact_path(site.artifact).unlink()

    assert "its archives of api, web and worker are gone" in asked(site, "go back").evidence


def test_a_release_that_never_went_live_is_no_way_back(site: Site, clock: Clock) -> None:
    whole(site, clock)
    Deployment.objects.filter(release__number=1).update(state=Deployment.State.FAILED)

    assert "nothing else was live before it" in asked(site, "go back").evidence


def test_a_release_with_the_same_content_is_no_way_back(site: Site, clock: Clock) -> None:
    whole(site, clock)
    newest = site.environment.releases.get(number=2)
    site.environment.releases.filter(number=1).update(digest=newest.digest)

    assert asked(site, "go back").word == "no"


def test_a_release_command_is_looked_for_in_the_apps_other_environments(
    site: Site, clock: Clock
) -> None:
    whole(site, clock)
    api = site.environment.services.get(name="api")
    staging = create_environment(site.alice.actor, site.environment.app, "staging", site.cell)
    migrating(site, site.environment, api)
    before = asked(site, "release command")
    twin = create_service(site.alice.actor, staging, fields_of(api))
    migrating(site, staging, twin)

    assert "succeeded in none of 1 other environment (staging)" in before.evidence
    assert asked(site, "release command").evidence == (
        "The command of api succeeded in deployment 9 of staging."
    )
    DeploymentStep.objects.update(state=DeploymentStep.State.FAILED)
    assert asked(site, "release command").word == "no"


def test_a_run_counts_however_many_runs_of_others_came_after_it(site: Site, clock: Clock) -> None:
    whole(site, clock)
    api, web = (site.environment.services.get(name=name) for name in ("api", "web"))
    staging = create_environment(site.alice.actor, site.environment.app, "staging", site.cell)
    twins = [create_service(site.alice.actor, staging, fields_of(each)) for each in (api, web)]
    for service in (api, web):
        migrating(site, site.environment, service, number=90 + service.pk)
    for twin in twins:
        migrating(site, staging, twin, number=9 + twins.index(twin))
    ran = DeploymentStep.objects.get(service=twins[1])
    for number in range(100, 151):
        deployment = Deployment.objects.create(
            environment=staging, number=number, release=ran.deployment.release, state="succeeded"
        )
        DeploymentStep.objects.create(
            deployment=deployment,
            service=twins[1],
            name=ran.name,
            state=ran.state,
            started_at=ran.started_at,
        )

    assert asked(site, "release command").evidence == (
        "The command of api succeeded in deployment 9 of staging."
        " The command of web succeeded in deployment 150 of staging."
    )


def test_a_run_of_the_same_program_goes_before_a_newer_one_of_another(
    site: Site, clock: Clock
) -> None:
    whole(site, clock)
    api = site.environment.services.get(name="api")
    staging = create_environment(site.alice.actor, site.environment.app, "staging", site.cell)
    migrating(site, site.environment, api)
    twin = create_service(site.alice.actor, staging, fields_of(api))
    migrating(site, staging, twin)
    other = upload_artifact(site.alice.actor, site.team, "other.tar.gz", BytesIO(OTHER))
    change_service(site.alice.actor, twin, replace(fields_of(twin), artifact_id=other.pk))
    migrating(site, staging, Service.objects.get(pk=twin.pk), number=10)

    said = "The command of api succeeded in deployment {} of staging{}."
    assert asked(site, "release command").evidence == said.format(9, "")
    DeploymentStep.objects.filter(deployment__number=9).update(state=DeploymentStep.State.FAILED)
    newer = said.format(10, ", with another archive or image")
    assert asked(site, "release command").evidence == newer


def migrating(site: Site, environment: Environment, service: Service, number: int = 9) -> None:
    """The service has a release command, which succeeded in a deployment of its environment."""
    values = {**vars(fields_of(service)), "release_command": "python3 migrate.py"}
    change_service(site.alice.actor, service, ServiceFields(**values))
    deployment = Deployment.objects.create(
        environment=environment,
        number=number,
        release=release(site.alice.actor, environment, ""),
        state=Deployment.State.SUCCEEDED,
    )
    DeploymentStep.objects.create(
        deployment=deployment,
        service=service,
        name="Release command",
        state=DeploymentStep.State.DONE,
        started_at=deployment.created_at,
    )


@pytest.mark.parametrize("may_change", [True, False])
def test_every_place_that_an_answer_names_is_a_page(site: Site, may_change: bool) -> None:
    """Which the person may open: who only looks is led nowhere where that would be refused."""
    person = site.alice if may_change else site.bob
    site.service()
    site.redis()
    names = {"resource": "store", "app": "", "plan": "", "releases": "", "variables": ""}
    places = [
        Place(door, names.get(door, "web" if door.startswith("service") else "")) for door in WORDS
    ]

    answer = Answer("Is it?", "no", "It is not.", tuple(places))
    [line] = lines(site.environment, [answer], may_change)

    assert set(WORDS) == set(get_args(Door))
    for way in line.ways:
        assert person.browser.get(way.url).status_code == 200, way


def test_an_environment_without_a_service_says_so_in_a_sentence(site: Site) -> None:
    shown = page(site)

    assert "There is no service here yet, so there is nothing to ask." in shown
    assert "answered yes" not in shown
    assert "answered yes" not in site.bob.browser.get("/shop/production/").content.decode()


def test_the_overview_says_it_in_a_line(site: Site, clock: Clock) -> None:
    whole(site, clock)

    shown = site.bob.browser.get("/shop/production/").content.decode()

    assert f'<a href="{PAGE}">10 of 10 answered yes</a>' in shown


def test_more_services_and_releases_cost_no_more_queries(site: Site, clock: Clock) -> None:
    whole(site, clock)
    few = queries(site)
    for name in ("second", "third", "fourth"):
        service = site.service(name)
        set_links(site.alice.actor, service, [LinkFields("REDIS_URL", "store")])
        site.live(service, deployed(site, service, name).release)

    assert queries(site) == few


def queries(site: Site) -> int:
    environment = Environment.objects.select_related("app__team", "cell").get()
    with CaptureQueriesContext(connection) as captured:
        facts.facts(environment, site.cell.observed_at or environment.created_at)
    return len(captured)


def test_the_word_is_no_name_for_something_new(site: Site) -> None:
    with pytest.raises(Invalid) as refused:
        site.service("checklist")

    assert "is a word that Muster's own addresses use" in str(refused.value)


def test_a_service_that_was_called_so_before_keeps_its_page_and_its_form(site: Site) -> None:
    older = site.service("older")
    slug = Slug.objects.create(slug="shop-production-checklist")
    Service.objects.filter(pk=older.pk).update(name="checklist", slug_row=slug)
    older.refresh_from_db()

    assert "<h1>checklist</h1>" in page(site)
    change_service(site.alice.actor, older, fields_of(older))
