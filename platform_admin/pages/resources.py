"""A resource: made, and its page with connection, links and size."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from platform_admin.forms.errors import show
from platform_admin.forms.resource import ResourceForm, ResourceSizeForm
from platform_admin.models import Environment, Resource
from platform_admin.pages import standing, trail
from platform_admin.pages.access import of_environment, of_resource
from platform_admin.pages.render import actor_of, page
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.resources import change_resource, create_resource


@of_environment(Permission.CHANGE_DRAFT)
def new(request: HttpRequest, environment: Environment) -> HttpResponse:
    """The form of a new resource; made, its page opens."""
    actor = actor_of(request)
    form = ResourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_resource(actor, environment, **form.cleaned_data)
        except Invalid as error:
            show(form, error.errors)
        else:
            return redirect("resource", environment.app.slug, environment.slug, made.name)
    where = trail.of_environment(actor, environment)
    here = reverse("new_resource", args=[environment.app.slug, environment.slug])
    return page(
        request,
        "resources/new.html",
        {"form": form, "environment": environment},
        title=f"New resource in {environment}",
        trail=trail.then(where, "new resource", here),
        status=422 if form.errors else 200,
    )


@of_resource(Permission.VIEW_APP)
def resource(request: HttpRequest, found: Resource) -> HttpResponse:
    """The resource's page; posted, its size in the draft."""
    actor = actor_of(request)
    size = {"cpu_mhz": found.cpu_mhz, "memory_mb": found.memory_mb}
    form = ResourceSizeForm(request.POST or None, initial=size)
    if request.method == "POST" and form.is_valid():
        try:
            change_resource(actor, found, **form.cleaned_data)
        except Invalid as error:
            show(form, error.errors)
        else:
            messages.success(request, "Saved in the draft. Release it to make it so.")
            return redirect(request.path)
    return _page(request, found, form)


def _page(request: HttpRequest, found: Resource, form: ResourceSizeForm) -> HttpResponse:
    actor = actor_of(request)
    environment = found.environment
    [stands] = standing.of_resources(Resource.objects.filter(pk=found.pk), timezone.now())
    context = {
        "environment": environment,
        "resource": found,
        "standing": stands,
        "instance": next((each for each in stands.instances if not each.ended), None),
        "credential": found.credentials.order_by("pk").first(),
        "links": found.links.select_related("service").order_by("service__name", "variable"),
        "form": form,
        "may_change": scope.allowed(actor, environment.app.team, Permission.CHANGE_DRAFT),
        "may_delete": found.deletion_id is None
        and scope.allowed(actor, environment.app.team, Permission.DELETE),
    }
    where = trail.of_resource(actor, found)
    return page(
        request,
        "resources/page.html",
        context,
        title=f"{found.name} of {environment}",
        trail=where,
        status=422 if form.errors else 200,
    )
