"""Settings, from the environment alone. What is missing in production stops the start.

``DAYLIGHT_MODE`` is ``tryout`` (what a fresh machine gets), ``production`` or ``test``. Secrets may
be given as a file, by the variable's name with ``_FILE``.

The ground floor imports nothing from the rooms above it. What they bring along (work that becomes
due, handlers, triggers, pages) stands here as dotted names, and a name that leads nowhere is an
error at start-up.
"""

import os
import sys
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from procurement.fonts import fonts_directory
from procurement.logs import logging_settings
from procurement.tryout import embedded


def _read(name: str, default: str = "") -> str:
    """Read a variable, or the file that its ``_FILE`` twin names."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}") from None
    return os.environ.get(name, default)


def _required(name: str, why: str) -> str:
    """Read a variable that production cannot do without."""
    if not (value := _read(name)):
        raise ImproperlyConfigured(f"Set {name}: {why}.")
    return value


def _database(url: str) -> dict[str, Any]:
    """Read ``postgresql://user:password@host:port/name?option=value``; ``host`` may be a socket."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured("DATABASE_URL names no PostgreSQL: it is the one database here.")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,  # seconds
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,  # what was refused is written down after the rollback
        "OPTIONS": options,
    }


def _mail_server(url: str) -> dict[str, Any]:
    """Read ``smtp://user:password@host:port?tls=start`` (or ``tls=on`` from the first byte)."""
    parts = urlsplit(url)
    tls = dict(parse_qsl(parts.query)).get("tls", "off")
    if parts.scheme != "smtp" or not parts.hostname or tls not in ("off", "start", "on"):
        raise ImproperlyConfigured(
            "DAYLIGHT_SMTP is smtp://user:password@host:port?tls=start, or on, or off."
        )
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or {"off": 25, "start": 587, "on": 465}[tls],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": tls == "start",
        "EMAIL_USE_SSL": tls == "on",
        "EMAIL_TIMEOUT": 10,  # seconds
    }


def _refuse_vault(url: str) -> None:
    """Refuse a store without object lock, and one whose bytes cross a network in the clear."""
    parts = urlsplit(url)
    if parts.scheme not in ("minio", "minios"):
        raise ImproperlyConfigured(
            "DAYLIGHT_VAULT must be an object store with object lock (minios://…): "
            "a directory is not write-once."
        )
    if parts.scheme == "minio" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise ImproperlyConfigured(
            "DAYLIGHT_VAULT is on another machine: use TLS (minios://…) to reach it."
        )


def _refuse_broker(url: str) -> None:
    """Refuse a broker that is none, and one that anybody on the network could write to."""
    parts = urlsplit(url)
    if parts.scheme not in ("redis", "rediss", "amqp", "amqps"):
        raise ImproperlyConfigured(
            "DAYLIGHT_BROKER is Redis (redis://… or rediss://…) or RabbitMQ (amqp://… or amqps://…)."
        )
    if not parts.password:
        raise ImproperlyConfigured("DAYLIGHT_BROKER has no password: give it one.")


MODE = _read("DAYLIGHT_MODE", "tryout")
if MODE not in ("tryout", "production", "test"):
    raise ImproperlyConfigured("DAYLIGHT_MODE is tryout, production or test.")
PRODUCTION = MODE == "production"

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = Path(_read("DAYLIGHT_HOME", str(BASE_DIR / ".daylight"))).absolute()

DATABASE_URL = _read("DATABASE_URL")
# Tables belong to an owner that migrates. Whatever else runs connects as a role that owns nothing.
DATABASE_OWNER_URL = _read("DATABASE_OWNER_URL")
AS_OWNER = bool(DATABASE_OWNER_URL) and sys.argv[1:2] in (["migrate"], ["database_roles"])
APPLICATION_ROLE = unquote(urlsplit(DATABASE_URL).username or "")
VAULT = _read("DAYLIGHT_VAULT", (HOME / "vault").as_uri().replace("file:", "dir:"))
KEYS_DIR = Path(_read("DAYLIGHT_KEYS_DIR", str(HOME / "keys")))
FONTS_DIR = Path(_read("DAYLIGHT_FONTS_DIR") or fonts_directory())
BROKER = _read("DAYLIGHT_BROKER")  # redis://…, rediss://…, amqp://… or amqps://…, for Celery
CACHE = _read("DAYLIGHT_CACHE", BROKER)  # redis://… or rediss://…, for counts of requests
METRICS_TOKEN = _read("DAYLIGHT_METRICS_TOKEN")  # without one, only this machine reads /metrics
LOG_ORIGIN = _read("DAYLIGHT_LOG_ORIGIN", "daylight.example/try-out")
TSA_URL = _read("DAYLIGHT_TSA_URL")
SIGNATURE_ANCHORS_DIR = Path(
    _read("DAYLIGHT_SIGNATURE_ANCHORS", str(HOME / "authority" / "anchors"))
)
# What authorities say of revocations is asked for at this rhythm, never because somebody files.
# 0: not by this server, but by `manage.py fetch_revocation` on a machine of its own.
REVOCATION_EVERY = timedelta(minutes=int(_read("DAYLIGHT_REVOCATION_MINUTES", "60")))
REVOCATION_PRIVATE = _read("DAYLIGHT_REVOCATION_PRIVATE") == "yes"  # private networks, too
# The European Union's list of the lists, who signs it (PEM), and the countries that count.
LOTL_URL = _read("DAYLIGHT_LOTL_URL")
LOTL_SIGNERS = _read("DAYLIGHT_LOTL_SIGNERS")
TRUSTED_TERRITORIES = [one for one in _read("DAYLIGHT_TRUSTED_TERRITORIES").split(",") if one]
# For how long a list may still be used after the day by which a newer one was due.
TRUSTED_LIST_GRACE = timedelta(days=int(_read("DAYLIGHT_TRUSTED_LIST_GRACE_DAYS", "0")))
SEAL = _read("DAYLIGHT_SEAL", "file:")  # where the sealing key is: signatures/sealing_key.py
SEAL_PASSPHRASE = _read("DAYLIGHT_SEAL_PASSPHRASE")  # of the key's file, where it has one
SEAL_PIN = _read("DAYLIGHT_SEAL_PIN")  # of the token, or of the credential at a signing service
SEAL_TOKEN = _read("DAYLIGHT_SEAL_TOKEN")  # an access token for the signing service …
SEAL_LOGIN = _read("DAYLIGHT_SEAL_LOGIN")  # … or user:password, to be given one each time
SEAL_SAD = _read("DAYLIGHT_SEAL_SAD")  # signature activation data, if handed out beforehand
SECRET_KEY = _read("DAYLIGHT_SECRET_KEY", "try-out only: anyone can read this")
ALLOWED_HOSTS = [host for host in _read("DAYLIGHT_HOSTS", "127.0.0.1,localhost").split(",") if host]
# How many proxies stand before this server. What the last of them writes is the reader's address.
PROXIES = int(_read("DAYLIGHT_PROXIES", "1" if PRODUCTION else "0"))
if MODE == "test":
    ALLOWED_HOSTS.append("testserver")  # what Django's test client calls itself

ESCROW_IN_PROCESS = not PRODUCTION  # else the keys of both escrow holders are at custodians
TICK_SECONDS = 1
MINIMUM_LEAVES = 4
TIMESTAMP_EVERY = timedelta(minutes=1)
if PRODUCTION:
    _required("DAYLIGHT_SECRET_KEY", "sessions are signed with it, and it must be yours alone")
    _required("DATABASE_URL", "production does not run on the try-out's own database")
    _required("DAYLIGHT_HOSTS", "the names by which people reach this server, with commas")
    _required("DAYLIGHT_LOG_ORIGIN", "the name under which the log speaks, for ever")
    _required("DAYLIGHT_KEYS_DIR", "the directory with this platform's own keys")
    _required("DAYLIGHT_TSA_URL", "a time-stamping authority dates every checkpoint")
    _required("DAYLIGHT_SIGNATURE_ANCHORS", "the directory of those whose signatures count")
    if embedded.address(HOME) == DATABASE_URL:
        raise ImproperlyConfigured("DATABASE_URL names the try-out's own database.")
    if len(SECRET_KEY) < 50:
        raise ImproperlyConfigured("DAYLIGHT_SECRET_KEY is too short: give it 50 characters.")
    _required("DAYLIGHT_SMTP", "people are told by mail what they must not miss")
    _required("DAYLIGHT_BROKER", "workers on several machines do what is due")
    _refuse_broker(BROKER)
    _required("DAYLIGHT_VAULT", "where bids are kept")
    _refuse_vault(VAULT)
    if LOG_ORIGIN.startswith("daylight.example") or LOG_ORIGIN.endswith("/try-out"):
        raise ImproperlyConfigured("DAYLIGHT_LOG_ORIGIN is the example's: take a name you own.")
    TICK_SECONDS = 10
    MINIMUM_LEAVES = 16
    TIMESTAMP_EVERY = timedelta(minutes=10)

_CONNECTED = DATABASE_OWNER_URL if AS_OWNER else DATABASE_URL
DATABASES = {"default": _database(_CONNECTED or embedded.address(HOME))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_ROOMS = ("tenders", "signatures", "bidding", "awards", "oversight", "api", "portal")
INSTALLED_APPS = [
    "procurement",
    *(room for room in _ROOMS if find_spec(f"{room}.apps")),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]
MIDDLEWARE = [
    "api.watching.Probes",
    "api.watching.Watched",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.RefusalPages",
]
ROOT_URLCONF = "procurement.urls"
WSGI_APPLICATION = "procurement.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
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

# Languages and time. Texts stand beside their rules in both languages; Django's own follow.
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]

# Mail. Without a server of its own, letters are files: one can read them, nobody else gets them.
_HERE = f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else "http://127.0.0.1:8000"
SITE = _read("DAYLIGHT_SITE", _HERE).rstrip("/")  # for links in letters
_SENDER = ALLOWED_HOSTS[0] if PRODUCTION else "daylight.example"
DEFAULT_FROM_EMAIL = _read("DAYLIGHT_MAIL_FROM", f"Daylight <no-reply@{_SENDER}>")
if SMTP := _read("DAYLIGHT_SMTP"):
    globals().update(_mail_server(SMTP))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = HOME / "mail"

# Files that never change while the server runs.
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static" if PRODUCTION else None  # else found beside their sources
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False

# Nothing but our own scripts on any page.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000  # a year
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

# Signing in. Nobody signs up here: suppliers register (procurement/actions/registration.py),
# colleagues are invited, the operator makes the other accounts; each address is confirmed.
AUTH_USER_MODEL = "procurement.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if MODE == "test":  # hundreds of users are made there
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_ADAPTER = "procurement.sign_in.Accounts"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to people who have nothing to do with us
PASSWORD_RESET_TIMEOUT = 3600  # seconds
# Grave acts ask who is there, now (procurement/fresh.py).
FRESH_FOR = timedelta(hours=4) if MODE == "test" else timedelta(minutes=15)  # a test run's site
SECOND_FACTOR_REQUIRED = PRODUCTION
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(FRESH_FOR.total_seconds())
MFA_ADAPTER = "procurement.second_factor.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Daylight"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds, for a telephone's clock
# Never by account: whoever knows a bidder's address could lock them out before a deadline.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "30/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES  # else all behind the proxy would share the rates above
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("app",)
HEADLESS_FRONTEND_URLS: dict[str, str] = {}
REST_KNOX = {"TOKEN_TTL": None, "TOKEN_PREFIX": "dl_"}  # a machine's token ends with its account

# Counts of requests and of sign-ins (see api/throttles.py): with Redis, those of all web processes
# together; else in the memory of each.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},  # addresses and accounts at a time
    }
}
if CACHE.startswith(("redis://", "rediss://")):
    CACHES["alone"] = CACHES["default"]
    CACHES["default"] = {
        "BACKEND": "procurement.counts.SharedCounts",
        "LOCATION": CACHE,
        "OPTIONS": {  # never pickle: whoever writes to Redis must not run code
            "serializer": "procurement.counts.AsJson",
            "socket_timeout": 0.5,  # seconds, after which each process counts alone
            "socket_connect_timeout": 0.5,
        },
    }

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "allauth.headless.contrib.rest_framework.authentication.XSessionTokenAuthentication",
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],  # actions judge
    "DEFAULT_PARSER_CLASSES": ["api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.problems.handler",
    "DEFAULT_THROTTLE_CLASSES": ["api.throttles.StrangerThrottle", "api.throttles.PersonThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "stranger": None if MODE == "test" else "600/min",  # by address: an office, or a monitor
        "person": None if MODE == "test" else "1200/min",  # by account
        "registration": None if MODE == "test" else "30/hour",  # by address
    },
    "NUM_PROXIES": PROXIES,
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
RATES = {  # so many in so many seconds; None: not counted
    "signature-check": None if MODE == "test" else (20, 60),  # by address, at both doors
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Daylight",
    "DESCRIPTION": "Public procurement in daylight: sealed bids, timed openings, proof for all.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {"RoleEnum": "api.people.ROLES"},
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

LOGGING = logging_settings(structured=PRODUCTION)

# Brought along by the rooms, as dotted names.
DUE = [  # due(*, now: datetime): what the passing of time asks for; safe to run twice
    "procurement.journal.timestamping.due",
    "procurement.mail.due",
    "procurement.actions.registration.due",
    "procurement.expiry.due",
    "tenders.escrow.due",
    "tenders.unreached.due",
    "tenders.digests.due",
    "tenders.overdue.due",
    "tenders.ceremonies.comparing.due",
    "tenders.rehearsals.due",
    "bidding.ceremonies.closing.due",
    "bidding.ceremonies.opening.due",
    "bidding.ceremonies.rechecking.due",
    "bidding.ceremonies.sweeping.due",
    "bidding.ceremonies.scrubbing.due",
    "bidding.letters.due",
    "signatures.trust.rounds.due",
    "signatures.trust.refreshing.due",
    "signatures.evidence.rejudging.due",
    "signatures.evidence.archiving.due",
]
OUTBOX_HANDLERS = [  # handle(message: OutboxMessage, *, now: datetime): at least once each
    "procurement.journal.timestamping.handle",
    "procurement.people_letters.handle",
    "tenders.letters.handle",
    "bidding.letters.handle",
    "awards.letters.handle",
    "bidding.papers_due.handle",
    "bidding.ceremonies.countersigning.handle",
    "bidding.ceremonies.stamping.handle",
    "bidding.ceremonies.minutes_paper.handle",
    "awards.ceremonies.decision_paper.handle",
]
WAITING = [  # waiting_for(actor, now): what waits for a person
    "procurement.waiting_people.waiting_for",
    "signatures.waiting.waiting_for",
    "tenders.waiting.waiting_for",
    "tenders.waiting_changes.waiting_for",
    "tenders.waiting_questions.waiting_for",
    "tenders.unreached.waiting_for",
    "tenders.rehearsals.waiting_for",
    "bidding.waiting_opening.waiting_for",
    "bidding.waiting.waiting_for",
    "awards.waiting.waiting_for",
]
DOCS = [  # () -> dict[path, text]: pages written from the code
    "procurement.roles.roles_page",
    "procurement.lifecycle.lifecycle_page",
    "procurement.proof.formats.pages",
    "tenders.formats.pages",
    "bidding.sealed.formats.pages",
    "signatures.codes_page.pages",
    "awards.statements.pages",
    "oversight.verify.formats.pages",
    "api.openapi.pages",
]
TRIGGERS = [  # () -> list[Trigger]
    "tenders.triggers.triggers",
    "bidding.triggers.triggers",
]
CONSTRAINT_REFUSALS = [  # dict[constraint name, refusal or a function that makes one]
    "procurement.constraint_refusals.GROUND_FLOOR",
    "tenders.constraint_refusals.TENDERS",
    "bidding.constraint_refusals.BIDDING",
    "signatures.constraint_refusals.SIGNATURES",
]
WARM = [  # () -> None: what takes long the first time, done when a process starts
    "signatures.service.warm",
]
SEALING = [  # (*, now: datetime) -> list[str]: what stands against the platform's own key
    "signatures.fitness.faults",
]
TRUSTING = [  # (*, now: datetime) -> list[str] | None: against whom the platform trusts
    "signatures.fitness_trust.faults",
]
WATCHED = [  # (*, now: datetime) -> dict[str, list[str]]: what will be amiss, by what was looked at
    "signatures.fitness_trust.worries",
]
SIGNED_FILES = [  # () -> Iterator[Place]: signed files that may be spoken of, for judging again
    "tenders.queries_signed.signed_files",
    "bidding.ceremonies.signed_files.signed_files",
]
