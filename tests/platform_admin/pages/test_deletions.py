from __future__ import annotations

from django.utils import timezone

from platform_admin.models import App, Deletion, Environment, Resource, Service
from platform_admin.verbs import forgetting
from platform_admin.verbs.deletions import delete
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.secrets import set_secret
from tests.platform_admin.pages.site import Site

ENVIRONMENT = "/shop/production/"
WEB = f"{ENVIRONMENT}web/"


def page(site: Site, address: str) -> str:
    return site.alice.browser.get(address).content.decode()


def test_the_page_says_what_is_lost_with_a_service_and_what_stays(site: Site) -> None:
    web = site.service()
    set_secret(site.alice.actor, site.environment, web, "KEY", "s3cret")
    site.live(web)

    said = page(site, f"{WEB}delete/")

    assert "1 instance that runs now: drained." in said
    assert "http://shop-production-web.localhost:8005 answers no longer" in said
    assert "1 secret that nobody can read back: KEY." in said
    assert "What stays: 1 release of shop/production with it in it" in said
    assert "s3cret" not in said


def test_the_page_says_that_a_resource_goes_with_its_data(site: Site) -> None:
    site.redis()
    said = page(site, f"{ENVIRONMENT}resources/store/delete/")
    assert "All data in it: Muster has no backup of this redis." in said
    assert "Its port 15000" in said


def test_the_pages_of_an_environment_and_an_app_name_what_goes(site: Site) -> None:
    site.service()
    site.service("api")
    site.redis()
    for address in (f"{ENVIRONMENT}settings/delete/", "/shop/settings/delete/"):
        said = page(site, address)
        assert "2 services, with all that each has: api, web." in said
        assert "1 resource, with their data and dumps: store." in said


def test_without_the_name_nothing_goes(site: Site) -> None:
    site.service()
    response = site.alice.browser.post(f"{WEB}delete/", {"name": "wbe"})

    assert response.status_code == 422
    assert "&#x27;wbe&#x27; is not its name: type web" in response.content.decode()
    assert Service.objects.get().deletion is None


def test_with_the_name_its_progress_is_shown_and_it_is_seen_to_go_everywhere(site: Site) -> None:
    web = site.service()
    site.live(web)
    site.redis()

    response = site.alice.browser.post(f"{WEB}delete/", {"name": "web"}, follow=True)

    [deletion] = Deletion.objects.all()
    address = f"/teams/demo/deletions/{deletion.pk}/"
    assert response.redirect_chain == [(address, 302)]
    assert "Being deleted" in response.content.decode()
    for path in (WEB, f"{WEB}delete/"):
        assert address in page(site, path) or site.alice.browser.get(path).status_code == 302
    assert "web is being deleted" in page(site, WEB)
    assert 'id="restart"' not in page(site, WEB)
    assert 'id="by-hand"' not in page(site, WEB)
    assert "draining" in page(site, ENVIRONMENT)


def test_who_has_a_link_is_named_with_the_way_to_it(site: Site) -> None:
    web, api = site.service(), site.service("api")
    set_links(site.alice.actor, web, [LinkFields("API_URL", "api")])

    said = page(site, f"{ENVIRONMENT}api/delete/")
    response = site.alice.browser.post(f"{ENVIRONMENT}api/delete/", {"name": "api"})

    assert "web has a link to it" in said
    assert f"{WEB}settings/#links" in said
    assert response.status_code == 422
    assert Service.objects.get(pk=api.pk).deletion is None


def test_a_deployment_that_is_under_way_can_be_cancelled_from_there(site: Site) -> None:
    site.deployment(site.service())
    said = page(site, f"{WEB}delete/")
    assert "deployment 1 is under way" in said
    assert f'action="{ENVIRONMENT}deployments/1/cancel/"' in said


def test_once_it_is_gone_the_page_says_so_and_leads_on(site: Site) -> None:
    web = site.service()
    deletion = delete(site.alice.actor, web, "web")
    forgetting.forget_service(deletion, web)
    forgetting.finish(deletion)
    address = f"/teams/demo/deletions/{deletion.pk}/"

    said = page(site, address)

    assert "Gone" in said
    assert "web: its jobs, variables, routes and rows are gone." in said
    assert f'href="{ENVIRONMENT}"' in said
    assert site.alice.browser.get(f"{address}live/progress/").status_code == 286
    assert site.alice.browser.get(WEB).status_code == 404


def test_an_environment_that_is_empty_again_teaches_what_a_service_is(site: Site) -> None:
    web = site.service()
    site.live(web)
    deletion = delete(site.alice.actor, web, "web")
    forgetting.forget_service(deletion, web)

    said = page(site, ENVIRONMENT)

    assert "A service is one program that runs" in said
    assert site.alice.browser.get(f"{ENVIRONMENT}plan/").status_code == 200
    assert site.alice.browser.get(f"{ENVIRONMENT}releases/1/").status_code == 200


def test_an_app_without_environments_teaches_what_one_is(site: Site) -> None:
    deletion = delete(site.alice.actor, site.environment, "production")
    forgetting.forget_environment(deletion, site.environment)

    assert not Environment.objects.exists()
    assert "It has no environment any more" in page(site, "/shop/")
    assert site.alice.browser.get("/").status_code == 200


def test_what_is_being_deleted_takes_no_more_orders_and_says_why(site: Site) -> None:
    web = site.service()
    delete(site.alice.actor, web, "web")
    for order in ("suspend/", "scaling/pause/"):
        response = site.alice.browser.post(f"{WEB}{order}")
        assert response.status_code == 409
        assert "is being deleted" in response.content.decode()


def test_a_viewer_is_offered_nothing_grave(site: Site) -> None:
    web = site.service()
    site.live(web)
    site.redis()
    for address in (WEB, f"{ENVIRONMENT}settings/", f"{ENVIRONMENT}resources/store/", "/shop/"):
        said = site.bob.browser.get(address).content.decode()
        for word in ("delete", "suspend", "restart"):
            assert f'id="{word}"' not in said, (address, word)


def test_what_belongs_to_others_stays(site: Site) -> None:
    site.service()
    response = site.charlie.browser.post("/shop/settings/delete/", {"name": "shop"})
    assert response.status_code == 404
    assert App.objects.get().deletion is None
    assert not Resource.objects.filter(deletion__isnull=False).exists()
    assert timezone.now()
