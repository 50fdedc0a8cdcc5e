"""What is lost when something is deleted, and what stays, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from jobs.document import read_service
from platform_admin.models import App, Environment, Resource, Service, Variable
from platform_admin.pages import addresses
from platform_admin.pages.words import count
from platform_admin.verbs.obstacles import Target


def losses(target: Target) -> tuple[str, ...]:
    """What goes with it, each as a sentence."""
    if isinstance(target, Service):
        return tuple(_of_service(target))
    if isinstance(target, Resource):
        return tuple(_of_resource(target))
    if isinstance(target, Environment):
        return tuple(_of_environment(target))
    return tuple(_of_app(target))


def stays(target: Target) -> str:
    """What is left of it, in a sentence."""
    if isinstance(target, Service):
        naming = _releases_with(target)
        if naming:
            return (
                f"What stays: {count(naming, 'release')} of {target.environment} with it in"
                f" {'it' if naming == 1 else 'them'}, to go back to without this service; and the"
                " audit."
            )
    return "The audit of what was done to it stays. Its name is free again afterwards."


def _of_service(service: Service) -> Iterator[str]:
    running = _running(service.instances.all())
    if running:
        yield f"{count(running, 'instance')} that {'runs' if running == 1 else 'run'} now: drained."
    found = addresses.of_service(service)
    if found.public or found.inside:
        yield f"Its address: {found.public or found.inside} answers no longer."
    hosts = {*service.domains.values_list("host", flat=True)}
    hosts |= {*service.paths.values_list("domain__host", flat=True)}
    if hosts:
        yield f"What leads to it of {', '.join(sorted(hosts))}: the domains stay, and lead nowhere."
    if runs := service.runs.count():
        yield f"{count(runs, 'run')} of its commands, with the ends of their logs."
    yield from _values(Variable.objects.filter(service=service))
    yield "Its scaling with its policy, schedule and all that it has learned."
    yield "What was measured of it, its scalings, and the logs of its instances."


def _of_resource(resource: Resource) -> Iterator[str]:
    if resource.external:
        yield "How it is reached, and its login. Its data stay where they are."
        return
    dumps = resource.dumps.count()
    if dumps:
        yield f"All data in it, and {count(dumps, 'dump')} of it: download what you want to keep."
    else:
        yield f"All data in it: Muster has no backup of this {resource.kind}."
    yield "Its password, which no page ever showed."
    yield f"Its port {resource.port}, and its name in Consul, {resource.slug}.service.consul."


def _of_environment(environment: Environment) -> Iterator[str]:
    yield from _named("service", environment.services.all(), "with all that each has")
    yield from _named("resource", environment.resources.all(), "with their data and dumps")
    running = _running(environment.instances.filter(service__isnull=False))
    if running:
        yield f"{count(running, 'instance')} that {'runs' if running == 1 else 'run'} now: drained."
    yield from _values(Variable.objects.filter(environment=environment))
    releases, deployments = environment.releases.count(), environment.deployments.count()
    if releases:
        yield f"{count(releases, 'release')}, and the steps of {count(deployments, 'deployment')}."
    public = [
        address
        for service in environment.services.select_related("environment__app").order_by("name")
        if (address := addresses.of_service(service).public)
    ]
    public += environment.domains.order_by("host").values_list("host", flat=True)
    if public:
        yield f"These addresses: {', '.join(dict.fromkeys(public))}."


def _of_app(app: App) -> Iterator[str]:
    environments = list(app.environments.select_related("app", "cell").order_by("slug"))
    if not environments:
        yield "Nothing but its name: it has no environment."
    for environment in environments:
        for sentence in _of_environment(environment):
            yield f"{environment.slug}: {sentence}"


def _named(
    noun: str, rows: QuerySet[Service, Service] | QuerySet[Resource, Resource], how: str
) -> Iterator[str]:
    names = list(rows.order_by("name").values_list("name", flat=True))
    if names:
        yield f"{count(len(names), noun)}, {how}: {', '.join(names)}."


def _values(rows: QuerySet[Variable]) -> Iterator[str]:
    secrets = list(rows.filter(secret=True, removed=False).values_list("name", flat=True))
    plain = rows.filter(secret=False).count()
    if secrets:
        yield f"{count(len(secrets), 'secret')} that nobody can read back: {', '.join(secrets)}."
    if plain:
        yield f"{count(plain, 'variable')}."


def _running(rows: QuerySet) -> int:  # type: ignore[type-arg]
    return rows.filter(ended=False).count()


def _releases_with(service: Service) -> int:
    documents = service.environment.releases.values_list("document", flat=True)
    return sum(read_service(document, service.name) is not None for document in documents)
