from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from portal.accounts import companies, join, profile, register, second_factor, sessions

urlpatterns: list[URLPattern | URLResolver] = [
    path("register/", register.register, name="register_company"),
    path("register/tax-number/", register.tax_number_hint, name="tax_number_hint"),
    path("register/ask/", register.ask_to_join, name="ask_to_join"),
    path("join/<str:secret>/", join.join, name="join"),
    path("companies/", companies.choose_company, name="choose_company"),
    path("account/", profile.profile, name="account_settings"),
    path("account/sessions/", sessions.sessions, name="account_sessions"),
    # Before allauth's own: there is no bare sign-up, and second factors follow our rules.
    path("account/signup/", RedirectView.as_view(pattern_name="register_company"), name="account_signup"),
    path("account/2fa/totp/activate/", second_factor.ActivateTOTP.as_view(), name="mfa_activate_totp"),
    path("account/2fa/webauthn/add/", second_factor.AddWebAuthn.as_view(), name="mfa_add_webauthn"),
    path(
        "account/2fa/webauthn/keys/<int:pk>/remove/", second_factor.RemoveWebAuthn.as_view(), name="mfa_remove_webauthn"
    ),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
]
