from django.db.transaction import non_atomic_requests
from django.urls import include, path, re_path

from portal.api import questionnaire_reviews
from portal.api.checks import CheckDetail, Checks
from portal.api.connections import Connections
from portal.api.documents import DocumentDetail, Documents, Download
from portal.api.engagements import EngagementDetail, Engagements
from portal.api.moves import Moves
from portal.api.questionnaires import Answers, QuestionnaireDetail, Questionnaires, QuestionnaireSchema, Submit
from portal.api.schema import Docs, Problems, Schema, nothing
from portal.api.status import Status
from portal.api.steps import Steps
from portal.api.timeline import Timeline
from portal.api.uploads import UploadDetail, Uploads

app_name = "api"
of_questionnaire = [
    path("", QuestionnaireDetail.as_view(), name="questionnaire"),
    path("schema/", QuestionnaireSchema.as_view(), name="questionnaire_schema"),
    path("answers/", Answers.as_view(), name="answers"),
    path("submit/", Submit.as_view(), name="submit"),
    path("review/", questionnaire_reviews.Review.as_view(), name="review_answers"),
    path("undo/", questionnaire_reviews.Undo.as_view(), name="undo_acceptance"),
    path("accept/", questionnaire_reviews.Accept.as_view(), name="accept_questionnaire"),
    path("revision/", questionnaire_reviews.Revision.as_view(), name="send_back"),
    path("reopen/", questionnaire_reviews.Reopen.as_view(), name="reopen_questionnaire"),
    path("facts/", questionnaire_reviews.Facts.as_view(), name="key_facts"),
    path("comments/", questionnaire_reviews.Comments.as_view(), name="answer_comments"),
    path("submissions/", questionnaire_reviews.Submissions.as_view(), name="submissions"),
    path("submissions/compare/", questionnaire_reviews.Compare.as_view(), name="compare_submissions"),
]
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
    path("questionnaires/", Questionnaires.as_view(), name="questionnaires"),
    path("questionnaires/<slug:kind>/", include(of_questionnaire)),
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
