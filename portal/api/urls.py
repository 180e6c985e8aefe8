from django.db.transaction import non_atomic_requests
from django.urls import include, path, re_path

from portal.api.checks import CheckDetail, Checks
from portal.api.connections import Connections
from portal.api.documents import DocumentDetail, Documents, Download
from portal.api.engagements import EngagementDetail, Engagements
from portal.api.moves import Moves
from portal.api.schema import Docs, Problems, Schema, nothing
from portal.api.status import Status
from portal.api.steps import Steps
from portal.api.timeline import Timeline
from portal.api.uploads import UploadDetail, Uploads

app_name = "api"
of_one = [
    path("", EngagementDetail.as_view(), name="engagement"),
    path("steps/", Steps.as_view(), name="steps"),
    path("timeline/", Timeline.as_view(), name="timeline"),
    path("moves/", Moves.as_view(), name="moves"),
    path("documents/", Documents.as_view(), name="documents"),
    path("documents/<uuid:uuid>/", DocumentDetail.as_view(), name="document"),
    path("documents/<uuid:uuid>/download/", Download.as_view(), name="download"),
    path("uploads/", non_atomic_requests(Uploads.as_view()), name="uploads"),
    path("uploads/<uuid:uuid>/", non_atomic_requests(UploadDetail.as_view()), name="upload"),
    path("connections/", Connections.as_view(), name="connections"),
    path("checks/", Checks.as_view(), name="checks"),
    path("checks/<int:check_id>/", CheckDetail.as_view(), name="check"),
]
urlpatterns = [
    # The hot reads first: their addresses are found soonest.
    path(
        "api/v1/engagements/<slug:reference>/status/",
        non_atomic_requests(Status.as_view()),
        name="status",
    ),
    path("api/v1/engagements/", non_atomic_requests(Engagements.as_view()), name="engagements"),
    path("api/v1/engagements/<slug:reference>/", include(of_one)),
    path("api/v1/problems/", non_atomic_requests(Problems.as_view()), name="problems"),
    path("api/v1/schema/", non_atomic_requests(Schema.as_view()), name="schema"),
    path("api/v1/docs/", non_atomic_requests(Docs.as_view()), name="docs"),
    re_path("^api/", non_atomic_requests(nothing)),
]
