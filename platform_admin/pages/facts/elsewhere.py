"""Where else in the app the release commands of the draft succeeded."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import Case, F, Func, JSONField, Q, Value, When
from django.db.models.fields.json import KeyTransform

from jobs.deploy import commands
from jobs.document import Document, ServiceDoc
from platform_admin.models import DeploymentStep, Environment
from platform_admin.rules.checklist import facts as of


def elsewhere(environment: Environment, document: Document) -> tuple[of.CommandRan, ...]:
    """The release commands of the draft that succeeded in the app's other environments.

    The newest run of each service's command, and the newest of the same program; newest first.
    """
    having = [each for each in document.services if each.release_command]
    steps = DeploymentStep.objects.filter(
        name=commands.NAME,
        state=DeploymentStep.State.DONE,
        deployment__environment__app=environment.app_id,
    ).exclude(deployment__environment=environment)
    service = Func(
        F("deployment__release__document"),
        Value("services"),
        F("service__name"),
        function="jsonb_extract_path",
        output_field=JSONField(),
    )
    rows = (
        steps.annotate(doc=service)
        .filter(_any(having, lambda each: {"release_command": list(each.release_command)}))
        .annotate(same=Case(When(_any(having, _program), then=True), default=False))
        .order_by("service__name", "same", "-pk")
        .distinct("service__name", "same")
        .values_list(
            "pk",
            "service__name",
            KeyTransform("release_command", "doc"),
            KeyTransform("artifact", "doc"),
            KeyTransform("image", "doc"),
            "deployment__environment__slug",
            "deployment__number",
            "same",
        )
    )
    return tuple(
        of.CommandRan(name, tuple(command or ()), artifact or image or "", where, number)
        for _, name, command, artifact, image, where, number, _ in sorted(rows, reverse=True)
    )


def _any(services: Iterable[ServiceDoc], of_doc: Callable[[ServiceDoc], dict[str, object]]) -> Q:
    """Whether a step is of one of the services, and their document in its release says so much."""
    found = Q(pk__in=[])
    for each in services:
        said = {f"doc__{key}": value for key, value in of_doc(each).items()}
        found |= Q(service__name=each.name, **said)
    return found


def _program(doc: ServiceDoc) -> dict[str, object]:
    return {"artifact": doc.artifact} if doc.artifact else {"image": doc.image or ""}
