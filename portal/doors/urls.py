from django.urls import path

from portal.doors import verify

app_name = "doors"
urlpatterns = [path("verify/", verify.index, name="verify")]
