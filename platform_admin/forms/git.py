"""The fields of the service form for a program from git."""

from __future__ import annotations

from django import forms

from platform_admin.forms.options import CODE
from platform_admin.models import Fetch


class GitFields(forms.Form):
    """Where the program is; `fetched` names the fetch that brought it, or is on its way to."""

    git_address = forms.CharField(
        label="Repository",
        required=False,
        help_text="The https address that one clones from. It has to be public.",
        widget=forms.TextInput(
            attrs=CODE | {"placeholder": "https://git.example.com/shop/web.git", "inputmode": "url"}
        ),
    )
    git_ref = forms.CharField(
        label="Branch, tag or commit",
        required=False,
        help_text="A branch is taken as it is when it is fetched. Empty: the repository's own.",
        widget=forms.TextInput(attrs=CODE | {"placeholder": "main"}),
    )
    git_folder = forms.CharField(
        label="Folder",
        required=False,
        help_text="The part of the repository that is packed. Empty: all of it.",
        widget=forms.TextInput(attrs=CODE | {"placeholder": "services/web"}),
    )
    fetched = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def place(self) -> tuple[str, str, str]:
        """The address, the ref and the folder that were typed."""
        address, ref, folder = (
            self.cleaned_data.get(name, "").strip()
            for name in ("git_address", "git_ref", "git_folder")
        )
        return address, ref, folder.strip("/")


def initial_git(fetch: Fetch | None) -> dict[str, object]:
    """The fields for what was fetched; empty where nothing was."""
    if fetch is None:
        return {}
    return {
        "git_address": fetch.address,
        "git_ref": fetch.ref,
        "git_folder": fetch.folder,
        "fetched": fetch.pk,
    }
