from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from portal import health, paying, session

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("webhooks/", include("integrations.urls")),
    path("session/extend/", session.extend, name="extend_session"),
    path("payment/<int:invoice_id>/back/", paying.back, name="payment_back"),
    path("admin/", admin.site.urls),
]
# The API first: its hot reads are asked for most, and an address is looked for from the top.
ROOMS = (
    "portal.api.urls",
    "portal.accounts.urls",
    "portal.doors.urls",
    "portal.specialist.urls",
    "portal.customer.urls",
)
urlpatterns += [path("", include(room)) for room in ROOMS]

if settings.DEBUG or settings.REHEARSAL:
    from portal.gallery import gallery

    urlpatterns.append(path("gallery/", gallery, name="gallery"))
