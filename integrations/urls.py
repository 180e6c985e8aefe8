"""Webhooks in: where vendors call us."""

from django.urls import path

from integrations import webhooks

app_name = "webhooks"
urlpatterns = [
    path("zoom/", webhooks.zoom, name="zoom"),
    path("fireflies/", webhooks.fireflies, name="fireflies"),
    path("docusign/", webhooks.docusign, name="docusign"),
    path("stripe/", webhooks.stripe, name="stripe"),
]
