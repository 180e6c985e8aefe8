"""One settings file; the environment decides. A value without a safe default is required: a missing one fails at start."""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF

from portal.environment import BASE_DIR, REHEARSAL, VAR_DIR, env
from portal.logs import configured
from portal.other_systems import *  # noqa: F403 - they are settings too

# --- What every deployment must decide -------------------------------------------------------------------------
SECRET_KEY = env("SECRET_KEY")
# Comma-separated base64 keys of 32 bytes, newest first: the first encrypts, all decrypt (rotation, vault.py).
VAULT_KEYS = env.list("VAULT_KEYS")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"] if REHEARSAL or DEBUG else [])
BASE_URL = env("BASE_URL", default="http://localhost:8000" if REHEARSAL or DEBUG else environ.Env.NOTSET)
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# --- Applications ----------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "onboarding",
    "integrations",
    "portal",
    "portal.accounts.apps.BackOfficeConfig",  # Django's admin, for superusers behind the same sign-in
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",  # its widget templates, for the renderer below
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_cotton",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "portal.api.hot_reads.HotReads",  # answers the API's status and list; nothing below concerns them
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "portal.plain_text.PlainTextMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "portal.middleware.ViewerMiddleware",
    "portal.accounts.middleware.DoorMiddleware",
    "portal.twice.TwiceMiddleware",
    "portal.not_allowed.NotAllowedMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "portal.context.page",
            ],
            "builtins": ["django_cotton.templatetags.cotton", "portal.templatetags.page"],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]
COTTON_DIR = "components"
FORM_RENDERER = "portal.forms.Renderer"

# --- Database: SQLite embedded, PostgreSQL with row-level security by DATABASE_URL ---------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'interweave.sqlite3'}")}
DATABASES["default"]["ATOMIC_REQUESTS"] = True  # the tenant is set at every BEGIN (onboarding/postgresql)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Measured: Django's default transactions failed 280 of 400 concurrent writes; these options: none.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
    }
else:
    DATABASES["default"]["ENGINE"] = "onboarding.postgresql"
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    if role := env("DATABASE_ROLE", default=""):
        # The role the process works as; it owns no table. Empty: the login role itself is that role.
        DATABASES["default"]["OPTIONS"] = {"assume_role": role}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cache, sessions, background work ---------------------------------------------------------------------------
CELERY_BROKER_URL = env("CELERY_BROKER_URL")
CACHE_URL = env("CACHE_URL", default=CELERY_BROKER_URL)
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
        if CACHE_URL.startswith("locmem://")  # tests: one process, no server
        else {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": CACHE_URL,
            "KEY_PREFIX": "interweave",
            "OPTIONS": {"socket_timeout": 3, "socket_connect_timeout": 2},
        }
    )
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "integrations.*": {"queue": "io"},
    "integrations.check_file": {"queue": "cpu"},
    "integrations.seal_agreement": {"queue": "cpu"},
    "onboarding.render_document": {"queue": "cpu"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Longer than the longest task, else the broker hands it out a second time while it still runs.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900, "socket_timeout": 30, "socket_connect_timeout": 2}
CELERY_TASK_PUBLISH_RETRY = False  # a lost nudge is harmless: the sweep finds the row
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
SWEEP_SECONDS = env.int("SWEEP_SECONDS", default=30)
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "onboarding.sweep", "schedule": SWEEP_SECONDS},
    "look-after-documents": {"task": "onboarding.look_after_documents", "schedule": 600},
    "look-after-agreements": {"task": "onboarding.look_after_agreements", "schedule": 300},
    "look-after-doors": {"task": "onboarding.look_after_doors", "schedule": 300},
    "look-after-invoices": {"task": "onboarding.look_after_invoices", "schedule": 300},
    "start-due-flows": {"task": "integrations.start_due_flows", "schedule": env.int("FLOW_TICK_SECONDS", default=30)},
    "sweep-checkouts": {"task": "integrations.sweep_checkouts", "schedule": 1800},
    "sweep-recordings": {"task": "integrations.sweep_recordings", "schedule": 3600},
}

# --- People -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "onboarding.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    env("PASSWORD_HASHER", default="django.contrib.auth.hashers.PBKDF2PasswordHasher"),
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_FORMS = {
    "login": "portal.accounts.security_forms.LoginForm",
    "add_email": "portal.accounts.security_forms.AddEmailForm",
    "change_password": "portal.accounts.security_forms.ChangePasswordForm",
    "set_password": "portal.accounts.security_forms.SetPasswordForm",
    "reset_password": "portal.accounts.security_forms.ResetPasswordForm",
    "reset_password_from_key": "portal.accounts.security_forms.ResetPasswordKeyForm",
    "request_login_code": "portal.accounts.security_forms.RequestLoginCodeForm",
    "confirm_login_code": "portal.accounts.security_forms.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "portal.accounts.security_forms.ConfirmEmailForm",
    "reauthenticate": "portal.accounts.security_forms.ReauthenticateForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = BASE_URL.partition(":")[0]
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# Beside allauth's own: how often one address may register, ask to join, or open invitations.
ACCOUNT_RATE_LIMITS = {
    "register": "10/m/ip,60/h/ip",
    "ask_to_join": "5/m/ip,20/h/ip",
    "invitation": "30/m/ip",
    "door": "30/m/ip",
    "verify": "20/m/ip,200/h/ip",  # files looked at for anybody
    "confirm_email": "3/m/key,20/h/key",
}
MFA_ADAPTER = "portal.accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "portal.accounts.security_forms.AuthenticateForm",
    "reauthenticate": "portal.accounts.security_forms.ReauthenticateFactorForm",
    "activate_totp": "portal.accounts.security_forms.ActivateTOTPForm",
    "add_webauthn": "portal.accounts.security_forms.AddWebAuthnForm",
    "edit_webauthn": "portal.accounts.security_forms.EditWebAuthnForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "InterWeave onboarding"
MFA_TOTP_TOLERANCE = 1  # a clock half a minute off still signs in
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = REHEARSAL

# --- Words and times ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

# --- Files: static by WhiteNoise, private ones never under a public folder -------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
PRIVATE_FILES_DIR = Path(env("PRIVATE_FILES_DIR", default=str(VAR_DIR / "files")))
S3_BUCKET = env("S3_BUCKET", default="")
STORAGES = {
    "default": (
        {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": S3_BUCKET,
                "endpoint_url": env("S3_ENDPOINT_URL", default=None),
                "access_key": env("S3_ACCESS_KEY", default=None),
                "secret_key": env("S3_SECRET_KEY", default=None),
                "default_acl": "private",
                "querystring_auth": True,
                "file_overwrite": False,
                "max_memory_size": 2 * 1024 * 1024,
            },
        }
        if S3_BUCKET
        else {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": PRIVATE_FILES_DIR, "base_url": None},
        }
    ),
    "staticfiles": {
        "BACKEND": env("STATICFILES_STORAGE", default="whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}
WHITENOISE_USE_FINDERS = DEBUG or REHEARSAL
WHITENOISE_AUTOREFRESH = DEBUG
UPLOAD_LIMIT_BYTES = env.int("UPLOAD_LIMIT_MB", default=25) * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["portal.uploads.HashingUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FILES = 20
# clamd, as unix:///run/clamav/clamd.ctl or tcp://host:3310; its own limits must be this large (integrations/clamav).
CLAMAV_URL = env("CLAMAV_URL", default="")
CLAMAV_LIMIT_BYTES = env.int("CLAMAV_LIMIT_MB", default=100) * 1024 * 1024

# --- Mail -------------------------------------------------------------------------------------------------------------
EMAIL_CONFIG = env.email("EMAIL_URL", default="filemail://" if REHEARSAL or DEBUG else environ.Env.NOTSET)
vars().update(EMAIL_CONFIG)
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
DEFAULT_FROM_EMAIL = env("MAIL_FROM", default="InterWeave onboarding <onboarding@interweave.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Browser rules -----------------------------------------------------------------------------------------------------
SECURE = BASE_URL.startswith("https://")
SECURE_SSL_REDIRECT = SECURE and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if proxy_header := env("PROXY_SSL_HEADER", default=""):
    SECURE_PROXY_SSL_HEADER = (proxy_header, "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *FORM_ACTION_HOSTS],  # noqa: F405
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# --- API -----------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["portal.api.authentication.BearerToken"],
    "DEFAULT_PERMISSION_CLASSES": ["portal.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "portal.api.operation.Operation",
    "DEFAULT_THROTTLE_CLASSES": ["portal.api.throttles.TokenThrottle"],
    "DEFAULT_THROTTLE_RATES": {"token": env("API_RATE", default="600/min"), "stranger": "60/min"},
    "EXCEPTION_HANDLER": "portal.api.problems.problem",
    "UNAUTHENTICATED_USER": None,
    "NUM_PROXIES": env.int("PROXY_COUNT", default=0),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "InterWeave onboarding",
    "DESCRIPTION": "Where every engagement stands, and what moves it on.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # No links inside the buttons that open an operation, and no list of types nobody asked for.
    "SWAGGER_UI_SETTINGS": {"deepLinking": False, "defaultModelsExpandDepth": -1},
    "COMPONENT_SPLIT_REQUEST": True,
    # Enums stand where they are used: named ones would collide (a step, a state and a role are all short words).
    "POSTPROCESSING_HOOKS": [],
}

LOGGING = configured(env("LOG_LEVEL", default="INFO"))
