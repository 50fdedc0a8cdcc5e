from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jobs.document import DomainDoc, LinkDoc, PathDoc, ResourceDoc, SecretRef, ServiceDoc
from jobs.document.file import FileDoc, ScalingDoc, read_file, write_file
from platform_admin.models import AuditEvent, Environment, Service
from platform_admin.rules.policy import default_policy
from platform_admin.verbs.apps import create_environment
from platform_admin.verbs.domains import add_path, create_domain
from platform_admin.verbs.errors import Denied, Invalid, Unknown
from platform_admin.verbs.files import apply_file, exported, planned
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.policies import save_policy
from platform_admin.verbs.variables import set_secret, set_variables
from tests.platform_admin.verbs.world import World


def full(world: World) -> FileDoc:
    """A draft with something of everything, as a file."""
    web, work = world.service(maximum=3, minimum=2, memory_mb=64), world.worker("work")
    world.redis("store")
    set_links(world.dana, web, [LinkFields("STORE", "store")])
    set_variables(world.dana, world.environment, None, {"LEVEL": "info"})
    set_variables(world.dana, world.environment, work, {"LEVEL": "debug"})
    set_secret(world.dana, world.environment, None, "KEY", "hunter2")
    save_policy(world.dana, web, replace(default_policy("web"), mode="on", up_percent=None))
    return exported(world.environment)


def moved(file: FileDoc, environment: Environment) -> FileDoc:
    """The file as another environment's."""
    return replace(file, document=replace(file.document, environment=environment.slug))


def changed(file: FileDoc, name: str, **fields: Any) -> FileDoc:
    """The file with some of a service's fields changed."""
    services = tuple(
        replace(one, **fields) if one.name == name else one for one in file.document.services
    )
    return replace(file, document=replace(file.document, services=services))


def test_a_file_holds_each_scopes_own_values_and_no_secret(world: World) -> None:
    file = full(world)
    work = file.document.service("work")
    assert work is not None
    assert (file.variables, work.variables) == ({"LEVEL": "info"}, {"LEVEL": "debug"})
    assert file.secrets == {"KEY": SecretRef("environment", 1)}
    assert "hunter2" not in str(write_file(file))


def test_another_environment_becomes_the_same_by_it(world: World) -> None:
    file = full(world)
    other = create_environment(world.dana, world.environment.app, "staging", world.cell)
    set_secret(world.dana, other, None, "KEY", "other")

    applied = apply_file(world.dana, other, moved(file, other))

    assert exported(other) == moved(file, other) == applied.after
    assert (applied.left, applied.missing) == ((), ())


def test_its_own_file_changes_nothing(world: World) -> None:
    file = full(world)
    events = AuditEvent.objects.count()
    applied = apply_file(world.dana, world.environment, file)
    assert applied.before == applied.after == file
    assert AuditEvent.objects.count() == events


def test_a_plan_says_what_would_come_and_changes_nothing(world: World) -> None:
    file = full(world)
    found = planned(world.dana, world.environment, changed(file, "web", memory_mb=96))
    web = found.after.document.service("web")
    assert web is not None
    assert web.memory_mb == 96
    assert exported(world.environment) == file


def test_what_it_does_not_name_stays_and_is_said(world: World) -> None:
    file = full(world)
    only = [one for one in file.document.services if one.name == "work"]
    less = replace(file, document=replace(file.document, services=tuple(only), resources=()))
    found = apply_file(world.dana, world.environment, replace(less, scaling={}))
    assert found.left == ("store", "web")
    assert found.after.document.services == file.document.services


def test_a_variable_that_it_leaves_out_goes(world: World) -> None:
    file = full(world)
    found = apply_file(world.dana, world.environment, replace(file, variables={}))
    assert found.after.variables == {}


def test_a_variable_may_take_the_name_of_a_link_that_goes(world: World) -> None:
    file = changed(full(world), "web", links=(), variables={"STORE": "redis://elsewhere"})
    assert apply_file(world.dana, world.environment, file).after == file


def test_a_link_may_take_the_name_of_a_variable_that_goes(world: World) -> None:
    file = full(world)
    links = (LinkDoc("LEVEL", "store"),)
    file = changed(replace(file, variables={}), "work", links=links, variables={})
    assert apply_file(world.dana, world.environment, file).after == file


def test_bounds_and_the_policy_are_as_it_says(world: World) -> None:
    file = full(world)
    policy = replace(default_policy("web"), latency_ms=200)
    scaling = {**file.scaling, "web": ScalingDoc(1, 6, policy)}
    found = apply_file(world.dana, world.environment, replace(file, scaling=scaling))
    assert found.after.scaling["web"] == ScalingDoc(1, 6, policy)


def test_a_secret_without_a_value_is_named(world: World) -> None:
    file = replace(full(world), secrets={"TOKEN": SecretRef("environment", 1)})
    file = changed(file, "work", secrets={"KEY": SecretRef("service", 1)})
    found = apply_file(world.dana, world.environment, file)
    assert found.missing == (("", "TOKEN"), ("work", "KEY"))
    assert found.after.secrets == {"KEY": SecretRef("environment", 1)}


@pytest.mark.parametrize(
    ("name", "fields", "path"),
    [
        ("web", {"memory_mb": 5}, "services.web.memory_mb"),
        ("web", {"artifact": "ab" * 32}, "services.web.artifact"),
        ("web", {"links": (LinkDoc("STORE", "store", "no"),)}, "services.web.links.STORE.property"),
        ("web", {"links": (LinkDoc("PORT", "store"),)}, "services.web.links.PORT"),
        ("web", {"variables": {"PORT": "1"}}, "services.web.variables.PORT"),
        ("web", {"variables": {"BIG": "x" * 70_000}}, "services.web.variables"),
    ],
)
def test_what_is_refused_is_named_by_its_path_and_nothing_is_changed(
    world: World, name: str, fields: dict[str, Any], path: str
) -> None:
    file = full(world)
    wrong = changed(replace(file, variables={"LEVEL": "new"}), name, **fields)
    with pytest.raises(Invalid) as raised:
        apply_file(world.dana, world.environment, wrong)
    assert list(raised.value.errors) == [path]
    assert exported(world.environment) == file


def test_bounds_that_are_too_high_are_blamed_on_them(world: World) -> None:
    file = full(world)
    scaling = {"web": ScalingDoc(1, 99, file.scaling["web"].policy)}
    with pytest.raises(Invalid) as raised:
        apply_file(world.dana, world.environment, replace(file, scaling=scaling))
    assert list(raised.value.errors) == ["scaling.web.maximum"]


def test_a_resource_keeps_its_kind(world: World) -> None:
    file = full(world)
    other = replace(file.document, resources=(ResourceDoc("store", "nothing"),))
    with pytest.raises(Invalid) as raised:
        apply_file(world.dana, world.environment, replace(file, document=other))
    assert list(raised.value.errors) == ["resources.store.kind"]


def test_an_option_of_a_service_is_kept(world: World) -> None:
    file = full(world)
    service = {**write_file(file)["services"]["work"], "spread": "${node.datacenter}"}
    text = {**write_file(file)}
    text["services"] = {**text["services"], "work": service}
    apply_file(world.dana, world.environment, read_file(text))
    assert Service.objects.get(name="work").spread == "${node.datacenter}"


def test_domains_and_their_paths_are_as_it_says(world: World) -> None:
    file = full(world)
    old = create_domain(world.dana, world.environment, "old.example.org", service=service_of(world))
    add_path(world.dana, old, "/api", service_of(world))
    docs = (
        DomainDoc("old.example.org", redirect_to="www.example.org", permanent=False),
        DomainDoc("www.example.org", service="web", paths=(PathDoc("/docs", "web", strips=True),)),
    )
    file = replace(file, document=replace(file.document, domains=docs))

    assert apply_file(world.dana, world.environment, file).after == file

    back = replace(docs[0], redirect_to=None, service="web", paths=(PathDoc("/a", "web"),))
    turned = replace(file, document=replace(file.document, domains=(back, docs[1])))
    assert apply_file(world.dana, world.environment, turned).after == turned


def test_a_domain_of_somebody_else_is_refused_at_its_place(world: World) -> None:
    file = full(world)
    other = create_environment(world.dana, world.environment.app, "staging", world.cell)
    apply_file(world.dana, other, moved(replace(file, secrets={}), other))
    taken = (DomainDoc("www.example.org", service="web"),)
    file = replace(file, document=replace(file.document, domains=taken))
    apply_file(world.dana, world.environment, file)
    with pytest.raises(Invalid) as raised:
        apply_file(world.dana, other, moved(replace(file, secrets={}), other))
    assert list(raised.value.errors) == ["domains.www.example.org.host"]


def service_of(world: World) -> Service:
    """The web service of the environment that every test here begins with."""
    return world.environment.services.get(name="web")


def test_a_viewer_may_not_and_for_a_stranger_there_is_nothing(world: World) -> None:
    file = full(world)
    with pytest.raises(Denied):
        planned(world.vera, world.environment, file)
    with pytest.raises(Unknown):
        planned(world.ella, world.environment, file)


def test_a_service_that_is_new_needs_what_the_form_needs(world: World) -> None:
    file = full(world)
    services = (*file.document.services, ServiceDoc("api", "private", port=80))
    new = replace(file, document=replace(file.document, services=services))
    with pytest.raises(Invalid) as raised:
        apply_file(world.dana, world.environment, new)
    assert list(raised.value.errors) == ["services.api.artifact"]
