"""Django's settings, all from the environment; README.md lists what each variable means."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.templatetags.static import static

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

SECRET_KEY = env.str("MUSTER_SECRET_KEY")
DEBUG = env.bool("MUSTER_DEBUG", default=False)

# Muster's own address, as browsers and the cluster's nodes know it.
MUSTER_URL = env.str("MUSTER_URL").rstrip("/")
_ADDRESS = urlsplit(MUSTER_URL)
ALLOWED_HOSTS = [
    *env.list("MUSTER_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"]),
    _ADDRESS.hostname or "localhost",
]

MUSTER_STATE = Path(env.str("MUSTER_STATE"))
MUSTER_APPS_DOMAIN = env.str("MUSTER_APPS_DOMAIN", default="localhost")
# Whether a domain is routed only once the DNS shows that whoever added it owns it.
MUSTER_PROVE_DOMAINS = env.bool("MUSTER_PROVE_DOMAINS", default=False)
# Who is asked about domains, `address[:port]`; empty: who the machine asks.
MUSTER_RESOLVER = env.str("MUSTER_RESOLVER", default="")
MUSTER_RESOURCE_PORTS = env.str("MUSTER_RESOURCE_PORTS", default="15000-15099")
MUSTER_ARTIFACT_LIMIT_MB = env.int("MUSTER_ARTIFACT_LIMIT_MB", default=64)
# Whose certificates a git server's may be signed by, besides the usual ones: a file of them.
MUSTER_GIT_CACERT = env.str("MUSTER_GIT_CACERT", default="")
MUSTER_DRIVERS = env.list("MUSTER_DRIVERS", default=["docker"])
# What serves the files of static services: a command on the cluster's nodes, else an nginx's image.
MUSTER_STATIC_COMMAND = env.str("MUSTER_STATIC_COMMAND", default="")
MUSTER_STATIC_IMAGE = env.str("MUSTER_STATIC_IMAGE", default="nginxinc/nginx-unprivileged:1.28")
# What runs a redis: a binary on the cluster's nodes, else the image.
MUSTER_REDIS_COMMAND = env.str("MUSTER_REDIS_COMMAND", default="")
MUSTER_REDIS_IMAGE = env.str("MUSTER_REDIS_IMAGE", default="valkey/valkey:8")
# What runs a postgres: its programs' folders on the nodes by version, else images; and where its
# data lie: a folder of the nodes for raw_exec, for the others a host volume.
MUSTER_POSTGRES_PROGRAMS = dict(
    pair.split("=", 1) for pair in env.list("MUSTER_POSTGRES_PROGRAMS", default=[])
)
MUSTER_POSTGRES_IMAGES = dict(
    pair.split("=", 1)
    for pair in env.list("MUSTER_POSTGRES_IMAGES", default=["18=postgres:18", "17=postgres:17"])
)
MUSTER_POSTGRES_FOLDER = env.str("MUSTER_POSTGRES_FOLDER", default="")
MUSTER_POSTGRES_VOLUME = env.str("MUSTER_POSTGRES_VOLUME", default="")
# What copies a database into a file, at least as new as the servers; and how large one may be.
MUSTER_PG_DUMP = env.str("MUSTER_PG_DUMP", default="pg_dump")
MUSTER_DUMP_LIMIT_MB = env.int("MUSTER_DUMP_LIMIT_MB", default=2048)
# Networks that an external resource may be in although they are closed to what users type.
MUSTER_EXTERNAL_NETWORKS = env.list("MUSTER_EXTERNAL_NETWORKS", default=[])
# Whether they may be in private networks (10.0.0.0/8 and the like) without being named there.
MUSTER_EXTERNAL_PRIVATE = env.bool("MUSTER_EXTERNAL_PRIVATE", default=True)
# The example may be broken by buttons, and Nomad be cut off by one: never in production.
MUSTER_FAULTS = env.bool("MUSTER_FAULTS", default=False)
MUSTER_SCALING_INTERVAL_S = env.int("MUSTER_SCALING_INTERVAL_S", default=10)
MUSTER_ENCRYPTION_KEYS = env.str("MUSTER_ENCRYPTION_KEYS")

NOMAD_ADDR = env.str("NOMAD_ADDR")
NOMAD_TOKEN = env.str("NOMAD_TOKEN", default="")
NOMAD_REGION = env.str("NOMAD_REGION", default="global")
NOMAD_CACERT = env.str("NOMAD_CACERT", default="")
NOMAD_CLIENT_CERT = env.str("NOMAD_CLIENT_CERT", default="")
NOMAD_CLIENT_KEY = env.str("NOMAD_CLIENT_KEY", default="")
CONSUL_HTTP_ADDR = env.str("CONSUL_HTTP_ADDR")
CONSUL_HTTP_TOKEN = env.str("CONSUL_HTTP_TOKEN", default="")
CONSUL_CACERT = env.str("CONSUL_CACERT", default="")

INSTALLED_APPS = [
    "platform_admin",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_rq",
]

MIDDLEWARE = [
    # Before all that looks at hosts: what fell back is addressed to the apps.
    "platform_admin.fallback.FallbackMiddleware",
    "platform_admin.request_limits.RequestLimitsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "platform_admin.content_security.ContentSecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "platform_admin.urls"
WSGI_APPLICATION = "platform_admin.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Two roles: the application's, which cannot change the audit, and the owner's for migrations.
_APPLICATION_DATABASE = env.db_url("DATABASE_URL")
APPLICATION_ROLE: str = _APPLICATION_DATABASE["USER"]
_AS_OWNER = env.bool("MUSTER_AS_OWNER", default=False)
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **(
            env.db_url("DATABASE_OWNER_URL")
            if _AS_OWNER and env.str("DATABASE_OWNER_URL", default="")
            else _APPLICATION_DATABASE
        ),
        "ENGINE": "django.db.backends.postgresql",
        # A connection of the pool that Postgres has dropped is replaced, not handed out.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {} if _AS_OWNER else {"pool": {"min_size": 1, "max_size": 16, "timeout": 10}},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
_LONG_S = {"dump": 2 * 3600, "fetch": 15 * 60}
RQ_QUEUES = {
    name: {"URL": REDIS_URL, "DEFAULT_TIMEOUT": _LONG_S.get(name, 180)}
    for name in ("default", "deploy", "dump", "fetch", "observe", "replay", "scale", "traffic")
}
RQ_SHOW_ADMIN_LINK = False

UNFOLD = {
    "SITE_TITLE": "Muster",
    "SITE_HEADER": "Muster",
    "SITE_SUBHEADER": "for operators",
    "SITE_SYMBOL": "signal_cellular_alt",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/muster.svg")}
    ],
    "STYLES": [
        lambda request: static("css/admin/plain.css"),
        lambda request: static("css/admin/links.css"),
    ],
    "SIDEBAR": {
        "show_search": True,
        "navigation": "platform_admin.admin.navigation.side_bar",
    },
    "COMMAND": {"search_models": True},
    # The accent of the pages, in the theme's steps of lightness.
    "COLORS": {
        "primary": {
            "50": "#eceefb",
            "100": "#dfe2f8",
            "200": "#c5caf2",
            "300": "#bfc7ff",
            "400": "#a3aefc",
            "500": "#8693f5",
            "600": "#3a48c4",
            "700": "#2c389f",
            "800": "#263083",
            "900": "#222962",
            "950": "#15162b",
        },
    },
}

LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]

# Browsers keep cookies a host, whatever the port: two Musters on one host would share them.
_SUFFIX = f"_{_ADDRESS.port}" if _ADDRESS.port else ""
_SECURE = _ADDRESS.scheme == "https"
SESSION_COOKIE_NAME = f"muster_session{_SUFFIX}"
SESSION_COOKIE_SECURE = _SECURE
CSRF_COOKIE_NAME = f"muster_csrf{_SUFFIX}"
CSRF_COOKIE_SECURE = _SECURE
CSRF_TRUSTED_ORIGINS = [f"{_ADDRESS.scheme}://{_ADDRESS.netloc}"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["platform_admin.formats"]
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = MUSTER_STATE / "static"
STATICFILES_DIRS = [path for path in [BASE_DIR / "static"] if path.is_dir()]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("MUSTER_LOG_LEVEL", default="INFO")},
    # Django's own handler prints in debug only; everything goes the one way.
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # A foreign Host is the visitor's mistake: a line, not a traceback each.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # Every tick would be a line.
        "rq.cron": {"level": "WARNING"},
    },
}
