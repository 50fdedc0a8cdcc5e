from __future__ import annotations

import pytest
from pytest_django import Settings

from jobs.document import read
from jobs.resources.postgres import login
from platform_admin.models import AuditEvent, Credential, Deployment, Resource, Rotation
from platform_admin.verbs.credentials import credential, password
from platform_admin.verbs.deployments import deploy
from platform_admin.verbs.errors import Denied, Invalid, Unknown
from platform_admin.verbs.external import External, change_external, how, register_external
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.live import live_document
from platform_admin.verbs.login_rotations import Typed, rotate_logins
from platform_admin.verbs.logins import before, given, today
from platform_admin.verbs.releases import release
from platform_admin.verbs.resources import create_resource
from platform_admin.verbs.rotations import rotate_again
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.verbs.rows import succeed
from tests.platform_admin.verbs.world import World

State = Deployment.State
GIVEN = External("203.0.113.5", 5432, "shop", "a secret", "orders")
TYPED = Typed("shop", "another secret")


def went_live(world: World) -> None:
    """The draft as it is now is live; `web` is linked to books, `api` to nothing."""
    web, _ = world.service("web"), world.service("api", kind="private")
    set_links(world.dana, web, [LinkFields("URL", "books")])
    succeed(deploy(world.dana, release(world.dana, world.environment)))


@pytest.fixture
def books(world: World, settings: Settings) -> Resource:
    """A postgres of Muster's, with the login of web, which is live."""
    settings.MUSTER_POSTGRES_PROGRAMS = {"18": "/opt/postgres"}
    settings.MUSTER_POSTGRES_FOLDER = "/srv"
    made = create_resource(world.dana, world.environment, name="books", kind="postgres")
    went_live(world)
    credential(made, login("web"))
    return made


@pytest.fixture
def elsewhere(world: World) -> Resource:
    """A postgres that runs elsewhere, with web, which is live."""
    made = register_external(
        world.dana, world.environment, name="books", kind="postgres", given=GIVEN
    )
    went_live(world)
    return made


def ended(rotation: Rotation, state: str) -> None:
    rotation.deployments.exclude(state=State.SUCCEEDED).update(state=state)


def user(resource: Resource, deployment: Deployment | None = None) -> str:
    """Whom links name in a deployment, or today."""
    row = given(Resource.objects.get(pk=resource.pk), "web", deployment)
    return row.user if row else ""


def test_it_deploys_what_is_live_and_linked_and_nothing_of_the_draft(
    world: World, books: Resource
) -> None:
    set_variables(world.dana, world.environment, None, {"UNFINISHED": "1"})
    live = live_document(world.environment)

    (made,) = rotate_logins(world.dana, books).deployments.all()

    assert read(made.release.document) == live
    assert [row.name for row in made.services.all()] == ["web"]
    assert not made.restart


def test_only_its_own_deployment_gets_the_new_login_until_it_came_through(
    world: World, books: Resource
) -> None:
    (made,) = rotate_logins(world.dana, books).deployments.all()
    assert (user(books), user(books, made)) == ("web_login", "web_login_b")

    succeed(made)

    assert user(books) == "web_login_b"
    assert [row.user for row in before(books, "web")] == ["web_login"]


@pytest.mark.parametrize("how_it_ended", [State.FAILED, State.CANCELLED])
def test_where_it_failed_the_old_login_stays_and_it_can_be_tried_again(
    world: World, books: Resource, how_it_ended: str
) -> None:
    rotation = rotate_logins(world.dana, books)
    ended(rotation, how_it_ended)
    assert user(books) == "web_login"

    rotate_again(world.dana, rotation)
    succeed(rotation.deployments.order_by("-number")[0])

    assert user(books) == "web_login_b"
    with pytest.raises(Invalid, match="come through everywhere"):
        rotate_again(world.dana, rotation)


def test_rotated_anew_after_a_failure_it_has_a_password_that_nobody_had(
    world: World, books: Resource
) -> None:
    first = rotate_logins(world.dana, books)
    had = password(first.credentials.get())
    ended(first, State.FAILED)

    second = rotate_logins(world.dana, books)

    assert second.credentials.get().user == "web_login_b"
    assert password(second.credentials.get()) != had
    assert Credential.objects.filter(resource=books, user="web_login_b").count() == 1
    ended(second, State.FAILED)
    with pytest.raises(Invalid, match="rotate it anew"):
        rotate_again(world.dana, first)


def test_the_logins_take_turns_once_the_one_before_is_gone(world: World, books: Resource) -> None:
    succeed(rotate_logins(world.dana, books).deployments.get())
    with pytest.raises(Invalid, match="web_login of the rotation before is still valid"):
        rotate_logins(world.dana, books)
    Credential.objects.filter(resource=books, user="web_login").delete()

    succeed(rotate_logins(world.dana, books).deployments.get())

    assert user(books) == "web_login"


def test_while_something_is_deployed_nothing_is_rotated(world: World, books: Resource) -> None:
    rotate_logins(world.dana, books)

    with pytest.raises(Invalid, match="is under way"):
        rotate_logins(world.dana, books)
    assert Rotation.objects.count() == 1


def test_what_all_share_or_nobody_has_is_not_rotated(world: World, settings: Settings) -> None:
    with pytest.raises(Invalid, match="can not take turns"):
        rotate_logins(world.dana, world.redis())
    settings.MUSTER_POSTGRES_PROGRAMS = {"18": "/opt/postgres"}
    settings.MUSTER_POSTGRES_FOLDER = "/srv"
    books = create_resource(world.dana, world.environment, name="books", kind="postgres")
    with pytest.raises(Invalid, match="No service that is live has a login"):
        rotate_logins(world.dana, books)


def test_a_viewer_may_not_and_the_audit_says_who_did_without_a_password(
    world: World, elsewhere: Resource
) -> None:
    for who, refusal in ((world.vera, Denied), (world.ella, Unknown)):
        with pytest.raises(refusal):
            rotate_logins(who, elsewhere, TYPED)
    rotate_logins(world.dana, elsewhere, TYPED)

    said = AuditEvent.objects.get(verb="rotate logins")
    assert said.actor == world.dana.user
    assert TYPED.password not in str(list(AuditEvent.objects.values()))
    assert TYPED.password not in repr(TYPED)


def test_what_was_typed_of_a_server_elsewhere_is_given_once_it_came_through(
    world: World, elsewhere: Resource
) -> None:
    rotation = rotate_logins(world.dana, elsewhere, TYPED)
    (made,) = rotation.deployments.all()
    assert how(elsewhere) == GIVEN
    assert how(elsewhere, given(elsewhere, "web", made)).password == TYPED.password

    ended(rotation, State.FAILED)
    assert how(elsewhere) == GIVEN
    rotate_again(world.dana, rotation)
    succeed(rotation.deployments.order_by("-number")[0])
    assert how(elsewhere).password == TYPED.password


def test_of_a_server_elsewhere_that_nothing_live_is_linked_to_it_is_given_at_once(
    world: World,
) -> None:
    made = register_external(
        world.dana, world.environment, name="books", kind="postgres", given=GIVEN
    )

    assert rotate_logins(world.dana, made, TYPED).deployments.count() == 0

    now = today(made, "")
    assert now is not None
    assert password(now) == TYPED.password


def test_a_server_elsewhere_is_entered_otherwise_only_when_no_rotation_is_on_its_way(
    world: World, elsewhere: Resource
) -> None:
    rotation = rotate_logins(world.dana, elsewhere, TYPED)
    with pytest.raises(Invalid, match="is being rotated by deployment 2"):
        change_external(world.dana, elsewhere, GIVEN)
    ended(rotation, State.FAILED)

    change_external(world.dana, elsewhere, GIVEN)

    assert Credential.objects.filter(resource=elsewhere).count() == 1
    with pytest.raises(Invalid, match="rotate it anew"):
        rotate_again(world.dana, rotation)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (Typed("shop", ""), "password"),
        (Typed("a\nb", "x"), "user"),
        (Typed("shop", "x" * 201), "password"),
    ],
)
def test_what_is_typed_badly_is_refused_at_its_field(
    world: World, elsewhere: Resource, typed: Typed, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        rotate_logins(world.dana, elsewhere, typed)
    assert list(caught.value.errors) == [field]
    assert not Rotation.objects.exists()
