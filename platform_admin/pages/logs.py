"""What the instances of a service wrote: of all the end, of one all that Nomad keeps."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from jobs.errors import ClusterError
from jobs.logs.place import Kept
from jobs.logs.read import STREAMS, Stream, everything
from platform_admin.live import logs as live
from platform_admin.live.fragment import html
from platform_admin.live.log_pane import Pane, Source, pane
from platform_admin.models import Instance, Service
from platform_admin.pages import trail
from platform_admin.pages.access import of_service
from platform_admin.pages.log_asked import BOTH, LONGEST_SEARCH, Asked, query, read_asked
from platform_admin.pages.log_found import results
from platform_admin.pages.render import actor_of, page
from platform_admin.rules.permissions import Permission


@of_service(Permission.VIEW_LOGS)
def logs(request: HttpRequest, service: Service) -> HttpResponse:
    """The last lines of all that run; of the one that was asked for, its log from some place on."""
    asked = read_asked(request)
    instance = _instance(service, asked.instance) if asked.instance else None
    every = "all" in request.GET
    environment = service.environment
    here = reverse("service_logs", args=[environment.app.slug, environment.slug, service.name])
    context = {
        "environment": environment,
        "service": service,
        "tab": "logs",
        "here": here,
        "whose": html(request, live.instances(service, asked.instance, every=every)),
        "instance": instance,
        "asked": asked,
        "longest": LONGEST_SEARCH,
    }
    if instance is None:
        context["logs"] = html(request, live.ends(service))
    else:
        context |= _of_one(request, service, instance, asked)
    where = trail.then(trail.of_service(actor_of(request), service), "logs", here)
    return page(request, "service/logs.html", context, title=f"Logs of {service}", trail=where)


def _of_one(
    request: HttpRequest, service: Service, instance: Instance, asked: Asked
) -> dict[str, object]:
    """Its streams, or what was found in them, and which others one may choose."""
    sources = [Source(service, instance, name) for name in asked.streams]
    choices = [
        (name, query(asked.instance, name, q=asked.words), name == asked.stream)
        for name in (BOTH, *STREAMS)
    ]
    if asked.words and not asked.at:
        found = [results(source, asked.words, asked.before) for source in sources]
        return {"choices": choices, "found": found}
    panes = [pane(source, asked.at, mark=bool(asked.words)) for source in sources]
    return {"choices": choices, "panes": [_shown(request, each) for each in panes]}


def _shown(request: HttpRequest, found: Pane) -> tuple[Pane, str]:
    return found, html(request, found.tail)


def _instance(service: Service, allocation: str) -> Instance:
    found = service.instances.filter(allocation=allocation).first()
    if found is None:
        raise Http404("This service has no such instance, or Nomad has forgotten it.")
    return found


@of_service(Permission.VIEW_LOGS)
def download(request: HttpRequest, service: Service) -> HttpResponseBase:
    """All that Nomad keeps of one stream of an instance, as a file; as it was written."""
    asked = read_asked(request)
    instance = _instance(service, asked.instance)
    if asked.stream not in STREAMS:
        raise Http404("Which of the two streams? It is stdout or stderr.")
    source = Source(service, instance, asked.stream)
    try:
        kept = source.stream.kept()
    except ClusterError as error:
        messages.error(request, f"The log of {instance} could not be read: {error}")
        return redirect(source.page())
    response = StreamingHttpResponse(
        _bytes(source.stream, kept), content_type="text/plain; charset=utf-8"
    )
    name = f"{instance.job}-{instance.number}-{instance.allocation[:8]}.{asked.stream}.log"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _bytes(stream: Stream, kept: Kept) -> Iterator[bytes]:
    """The log; where Nomad gives no more of it, a last line says so."""
    try:
        yield from everything(stream, kept)
    except ClusterError as error:
        yield f"\n--- Muster: the rest of this log could not be read: {error}\n".encode()
