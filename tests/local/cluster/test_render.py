"""What a task gets to see: interpolation, escapes, templates."""

from __future__ import annotations

import pytest

from local.cluster.nomad import render

KNOWN = {"NOMAD_PORT_http": "8080", "NOMAD_TASK_DIR": "/t", "OWN": "x"}
FORM = '{{- with nomadVar "nomad/jobs/a" }}\nA={{ .A__3.Value | toJSON }}\n{{- end }}\n'
TEMPLATE = {
    "EmbeddedTmpl": FORM, "Envvars": True, "Once": True, "ChangeMode": "noop",
    "ErrMissingKey": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("${NOMAD_PORT_http}", "8080"),
        ("a${OWN}b${OWN}", "axbx"),
        ("$${OWN} %%{if}", "${OWN} %{if}"),
        ("100% $HOME {x}", "100% $HOME {x}"),
    ],
)
def test_the_drivers_config_is_read_as_hcl(text: str, shown: str) -> None:
    assert render.config({"args": [text]}, KNOWN) == {"args": [shown]}


@pytest.mark.parametrize(
    "text", ["${HOME:-x}", '${upper("a")}', "%{if true}", "${NOBODY}", "${OWN"]
)
def test_any_other_expression_in_the_config_fails_the_task(text: str) -> None:
    with pytest.raises(render.Unrenderable, match="failed to parse config"):
        render.config({"args": [text]}, KNOWN)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("${NOMAD_PORT_http}", "8080"),
        ("${node.datacenter}", "dc1"),
        ("${unknown} ${HOME:-x}", "${unknown} ${HOME:-x}"),
        ("$${OWN}", "$x"),
    ],
)
def test_in_the_environment_what_is_unknown_is_left_alone_and_nothing_escapes(
    text: str, shown: str
) -> None:
    assert render.interpolate(text, KNOWN) == shown


def test_a_template_of_our_form_names_its_variable_and_makes_an_environment() -> None:
    assert render.template_path(TEMPLATE) == "nomad/jobs/a"
    assert render.template_values(TEMPLATE, {"A__3": "1", "B": "2"}) == {"A": "1"}


@pytest.mark.parametrize(
    "changed",
    [
        {"EmbeddedTmpl": FORM.replace("toJSON", "toYAML")},
        {"EmbeddedTmpl": FORM + "B=1\n"},
        {"EmbeddedTmpl": '{{ range service "a" }}\n{{ end }}'},
        {"Envvars": False},
        {"Once": False},
        {"ChangeMode": "restart"},
        {"ErrMissingKey": False},
    ],
)
def test_any_other_template_fails_the_task(changed: dict[str, object]) -> None:
    with pytest.raises(render.Unrenderable, match="Template failed"):
        render.template_path({**TEMPLATE, **changed})


def test_a_missing_key_is_told_as_nomad_tells_it() -> None:
    template = {**TEMPLATE, "EmbeddedTmpl": FORM.replace("A__3", "A")}
    with pytest.raises(render.Unrenderable) as caught:
        render.template_values(template, {"B": "1"})
    assert str(caught.value) == (
        'Template failed: (dynamic): execute: template: :2:7: executing "" at <.A.Value>: '
        'map has no entry for key "A"'
    )
