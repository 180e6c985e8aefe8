from django.urls import path

from portal.doors import entry, inside, payer, signer, verify

app_name = "doors"
urlpatterns = [
    path("verify/", verify.index, name="verify"),
    path("door/in/<int:door_id>/", inside.index, name="inside"),
    path("door/in/<int:door_id>/file/", inside.file, name="file"),
    path("door/in/<int:door_id>/sign/", signer.sign, name="sign"),
    path("door/in/<int:door_id>/decline/", signer.decline, name="decline"),
    path("door/in/<int:door_id>/pay/", payer.pay, name="pay"),
    path("door/in/<int:door_id>/paid/", payer.paid, name="paid"),
    path("door/<str:secret>/", entry.index, name="door"),
    path("door/<str:secret>/code/", entry.code, name="code"),
    path("door/<str:secret>/renew/", entry.renew, name="renew"),
]
