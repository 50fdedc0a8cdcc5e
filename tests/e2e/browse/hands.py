"""What a person does on the pages with mouse and keys; each returns once the page shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import FilePayload, Page, expect

from tests.e2e import program
from tests.e2e.apps import PYTHON

# A deployment of one small service, on a machine that does much else.
DEPLOYED_S = 180
_STAYS = "window.stays = true"
_STAYED = "window.stays === true"


@dataclass(frozen=True)
class Hands:
    """A window, and the environment that the person works on in it."""

    page: Page
    app: str
    environment: str = "production"

    @property
    def path(self) -> str:
        return f"/{self.app}/{self.environment}/"

    def go(self, path: str = "") -> None:
        """Nothing; a page below the environment's is open."""
        self.page.goto(f"{self.path}{path}")

    def press(self, name: str) -> None:
        """Nothing; the button with this name was pressed."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        """Nothing; the page behind the link with this name is open."""
        self.page.get_by_role("link", name=name, exact=True).click()

    def create(self) -> None:
        """Nothing; the app is made by its form."""
        self.page.goto("/")
        self.page.get_by_role("link", name=re.compile("New app|Create your first app")).click()
        self.page.get_by_label("App name").fill(self.app)
        self.press("Create the app")
        self.page.wait_for_url(f"**{self.path}")

    def draft(self) -> None:
        """Nothing; the app has a redis, a web service of an archive, a link, and a variable."""
        self.create()
        self.add_resource("store")
        link = ("REDIS_URL", "store:url")
        self.add_service("web", f"{PYTHON} echo.py", program.archive(), link)
        self.set_variable("GREETING", "one")

    def add_resource(self, name: str) -> None:
        """Nothing; a redis of this name is in the draft."""
        self.go()
        self.follow("Add a resource")
        self.page.get_by_label("Name").fill(name)
        self.press("Add it to the draft")
        self.page.wait_for_url(f"**{self.path}resources/{name}/")

    def add_service(self, name: str, command: str, archive: bytes, link: tuple[str, str]) -> None:
        """Nothing; a web service of this archive is in the draft, with a link."""
        self.go()
        self.follow("Add a service")
        page = self.page
        page.get_by_role("radio", name="Web").check()
        page.get_by_role("radio", name="An archive").check()
        page.get_by_label("Name", exact=True).fill(name)
        file: FilePayload = {
            "name": f"{name}.tar.gz",
            "mimeType": "application/gzip",
            "buffer": archive,
        }
        page.get_by_label("Archive", exact=True).set_input_files(file)
        page.get_by_label("Command", exact=True).fill(command)
        page.get_by_label("Health check path").fill("/health")
        page.get_by_label("Memory").fill("64")
        page.get_by_label("At most").fill("2")
        page.get_by_label("Variable of link 1").fill(link[0])
        page.get_by_label("What link 1 gives").select_option(link[1])
        self.press("Save in the draft")
        page.wait_for_url(f"**{self.path}")

    def set_variable(self, name: str, value: str) -> None:
        """Nothing; the environment's first variable is this one, in the draft."""
        self.go("variables/")
        self.page.get_by_label("Name of variable 1").fill(name)
        self.page.get_by_label("Value of variable 1").fill(value)
        self.press("Save in the draft")

    def deploy(self, note: str) -> None:
        """Nothing; the draft is released, and the page of its deployment is open."""
        self.go("plan/")
        self.page.get_by_label("Note").fill(note)
        self.press("Release and deploy")
        self.page.wait_for_url("**/deployments/*/")

    def watch(self, *steps: str, end: str = "succeeded") -> bool:
        """Whether the page stood there without loading again while these steps came up, to the end.

        The part of the page that moves has to say each; fails where it does not.
        """
        self.page.evaluate(_STAYS)
        main = self.page.get_by_role("main")
        for step in (*steps, end):
            expect(main).to_contain_text(step, timeout=DEPLOYED_S * 1000)
        return bool(self.page.evaluate(_STAYED))

    def scale(self, service: str, count: int, why: str) -> None:
        """Nothing; so many instances of the service are wanted for an hour."""
        self.go(f"{service}/")
        self.page.get_by_role("spinbutton", name="Instances").fill(str(count))
        self.page.get_by_label("For how long").select_option("hour")
        self.page.get_by_label("Why", exact=True).fill(why)
        self.press("Scale by hand")
        expect(self.page.get_by_text(f"{service} will run {count}.")).to_be_visible()

    def go_back(self, release: int) -> None:
        """Nothing; the page of the deployment that goes back to the release is open."""
        self.go(f"releases/{release}/")
        self.press("Go back to it")
        self.page.wait_for_url("**/deployments/*/")
