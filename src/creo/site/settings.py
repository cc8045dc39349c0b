"""Every setting of CREO, typed, in one place.

An unknown CREO_ variable or a bad value stops start-up with a clear line.
"""

from __future__ import annotations

import os
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal

import dj_database_url
from django.utils.csp import CSP
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from creo.support.signin import directories

PACKAGE = Path(__file__).resolve().parents[1]
PREFIX = "CREO_"


class Environment(BaseModel):
    """What the operator may set, each as CREO_<NAME>; and DATABASE_URL."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["demo", "production"] = "demo"
    secret_key: str = Field(
        default="", description="50 characters or more; made and kept in the data folder in demo mode"
    )
    data_dir: Path = Path("var")
    hosts: str = "localhost,127.0.0.1,[::1]"
    workers: int = Field(default=2, ge=1, le=64)
    python: str = Field(default="", description="read by tools/bootstrap.sh only")
    proxies: str = Field(default="", description="addresses of the proxies whose forwarded headers are believed")
    port: int = Field(default=8000, ge=1, le=65535)
    database_url: str = ""
    keys: Path | None = Field(default=None, description="the ring of keys, outside the database and its backups")
    second_factor: Literal["", "required", "offered"] = Field(
        default="", description="«required» in production, «offered» in the demonstration, when left empty"
    )
    directories: Path | None = Field(default=None, description="file of the institutions' directories (OpenID Connect)")
    rls: bool = Field(default=False, description="row security on PostgreSQL behind the scope of each request")
    ledger_keys: Path | None = Field(default=None, description="the ledger's own keys, outside the database")
    anchor_dir: Path | None = Field(default=None, description="second place of the ledger's anchors: another machine")
    tsa_url: str = Field(default="", description="authority of time stamps (RFC 3161) for the ledger's anchors")
    tsa_certificate: Path | None = Field(default=None, description="the root certificate of that authority (PEM)")
    file_mb: int = Field(default=20, ge=1, le=40, description="the largest document that may be uploaded")
    file_day_mb: int = Field(default=500, ge=1, le=100_000, description="what one person may upload in a day")

    @field_validator("secret_key")
    @classmethod
    def long_enough(cls, value: str) -> str:
        """A short key can be guessed."""
        if value and len(value) < 50:
            raise ValueError("necesita 50 caracteres o más")
        if value and (len(set(value)) < 16 or value.startswith("django-insecure-")):
            raise ValueError("es de muestra o se adivina: haga una con «openssl rand -base64 48»")
        return value

    @field_validator("proxies")
    @classmethod
    def addresses(cls, value: str) -> str:
        """Only addresses: a name could come to mean another machine."""
        for part in filter(None, value.split(",")):
            ip_address(part.strip())
        return value


def read_environment(source: dict[str, str]) -> Environment:
    """The environment as typed settings; SystemExit with one line per fault, naming the variable."""
    values: dict[str, Any] = {
        name.removeprefix(PREFIX).lower(): value for name, value in source.items() if name.startswith(PREFIX)
    }
    values["database_url"] = source.get("DATABASE_URL", "")
    try:
        environment = Environment(**values)
    except ValidationError as error:
        known = ", ".join(f"{PREFIX}{name.upper()}" for name in Environment.model_fields if name != "database_url")
        lines = [f"Configuración: {PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors()]
        raise SystemExit("\n".join([*lines, f"Variables que existen: {known}, DATABASE_URL."])) from None
    if environment.mode == "production" and not environment.secret_key:
        raise SystemExit("Configuración: CREO_SECRET_KEY es obligatoria en producción (50 caracteres o más).")
    if environment.mode == "production" and not environment.database_url:
        raise SystemExit("Configuración: DATABASE_URL es obligatoria en producción (postgres://…).")
    if environment.mode == "production" and environment.keys is None:
        raise SystemExit("Configuración: CREO_KEYS es obligatoria en producción (archivo de claves, permiso 0600).")
    return environment


def kept_secret(folder: Path) -> str:
    """The demonstration's own key: made once, kept in the data folder, readable by its owner alone."""
    import secrets

    path = folder / "secret-key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    if path.stat().st_mode & 0o077:
        raise SystemExit(f"Configuración: otros pueden leer {path}: use «chmod 600 {path}» y cambie la clave.")
    return path.read_text().strip()


def verified(settings: dict[str, Any]) -> dict[str, Any]:
    """A database of production. SystemExit when it is on another machine and its certificate would not be checked."""
    host = str(settings.get("HOST") or "")
    here = not host or host.startswith("/") or host in ("localhost", "127.0.0.1", "::1")
    if not here and settings.get("OPTIONS", {}).get("sslmode") != "verify-full":
        raise SystemExit("Configuración: DATABASE_URL de otra máquina necesita «?sslmode=verify-full».")
    return settings


def database(url: str, folder: Path) -> dict[str, Any]:
    """SQLite with every accepted write on disk (WAL, synchronous=FULL), or PostgreSQL with a pool."""
    if not url:
        url = f"sqlite:///{folder / 'creo.sqlite3'}"
    try:
        settings: dict[str, Any] = dict(dj_database_url.parse(url))
    except ValueError as error:
        raise SystemExit(f"Configuración: DATABASE_URL no se entiende: {error}") from None
    if settings["ENGINE"].endswith("sqlite3"):
        settings["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
            "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;",
        }
        settings["CONN_MAX_AGE"] = None
    elif settings["ENGINE"].endswith("postgresql"):
        # Without jit: compiling a search takes PostgreSQL fifty times as long as answering it.
        options = {"options": "-c jit=off"} | settings.get("OPTIONS", {})
        settings["OPTIONS"] = options | {"pool": {"min_size": 1, "max_size": 8}}
    else:
        raise SystemExit("Configuración: DATABASE_URL debe ser sqlite:///… o postgres://…")
    return settings


ENV = read_environment(dict(os.environ))
PRODUCTION = ENV.mode == "production"
TESTING = "pytest" in sys.modules

CREO_DATA_DIR = ENV.data_dir.resolve()
CREO_DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
CREO_MODE = ENV.mode
CREO_WORKERS = ENV.workers
CREO_PORT = ENV.port
CREO_KEYS = ENV.keys.resolve() if ENV.keys else CREO_DATA_DIR / "keys.json"
CREO_PROXIES = frozenset(part.strip() for part in ENV.proxies.split(",") if part.strip())
CREO_LEDGER_KEYS = ENV.ledger_keys.resolve() if ENV.ledger_keys else None
CREO_ANCHOR_DIR = ENV.anchor_dir.resolve() if ENV.anchor_dir else None
CREO_TSA_URL = ENV.tsa_url
CREO_TSA_CERTIFICATE = ENV.tsa_certificate
CREO_FILE_BYTES = ENV.file_mb * 2**20
CREO_FILE_DAY_BYTES = ENV.file_day_mb * 2**20
CREO_JOBS = "creo.site.wiring.JOBS"
CREO_JOB_LINKS = "creo.site.wiring.JOB_LINKS"
CREO_IMPORT_KINDS = "creo.site.wiring.IMPORT_KINDS"
CREO_QUALITY = "creo.site.wiring.QUALITY"
CREO_QUALITY_PLACES = "creo.site.wiring.QUALITY_PLACES"
CREO_MERGES = "creo.site.wiring.MERGES"
CREO_REACTIONS = "creo.site.wiring.REACTIONS"
CREO_ACT_WORDS = "creo.site.acts.ACT_WORDS"
CREO_SCHEDULE = "creo.site.wiring.SCHEDULE"
CREO_APPROVALS = "creo.site.wiring.APPROVALS"
CREO_EXPORTS = "creo.site.wiring.EXPORTS"
CREO_FIGURES = "creo.register.queries.figures.public_tables"
CREO_RLS = ENV.rls
CREO_HELD = "creo.register.protection.held"
CREO_SCOPE_PLACES = "creo.territory.queries.refs.in_scope"
CREO_PLACES = "creo.territory.queries.refs.in_scope"
CREO_PEOPLE_NAMES = "creo.register.quality.subjects.people_names"
CREO_SHEETS = "creo.site.wiring.SHEETS"
CREO_FILE_FINDER = "creo.register.queries.lookups.found_file"
CREO_FILE_SURNAMES = "creo.register.queries.lookups.file_surnames"

SECRET_KEY = ENV.secret_key or kept_secret(CREO_DATA_DIR)
DEBUG = False
ALLOWED_HOSTS = [*ENV.hosts.split(","), *(["testserver"] if TESTING else [])]

# Sign-in (creo.support.signin). «required» keeps whoever sees protected data on the enrolment until a factor is shown.
CREO_SECOND_FACTOR = ENV.second_factor or ("required" if PRODUCTION else "offered")
CREO_DEMO_ACCOUNTS = "creo.site.accounts.demo_accounts"
DIRECTORIES = directories.read(ENV.directories)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks_db",
    "creo.support.ui",
    "creo.support.accounts",
    "creo.support.api",
    "creo.support.ledger",
    "creo.support.signin",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "creo.support.idempotency",
    "creo.support.secrets",
    "creo.support.exports",
    "creo.support.scoping",
    "creo.support.figures",
    "creo.support.announcements",
    "creo.support.jobs",
    "creo.support.looking",
    "creo.support.imports",
    "creo.support.quality",
    "creo.support.approvals",
    "creo.support.incidents",
    "creo.programme",
    "creo.territory",
    "creo.register",
    "creo.targeting",
    "creo.overview",
    "creo.site",
]
MIDDLEWARE = [
    "creo.site.guards.OnlyOurProxy",
    "creo.site.guards.PlainAnswers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Outside those that may refuse: their refusals are not kept either.
    "creo.site.middleware.PrivateAnswers",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "creo.site.guards.KnownCalls",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # Before the reader is known: a session that is over reads nothing.
    "creo.support.signin.middleware.SessionLimits",
    "creo.support.ledger.middleware.OriginMiddleware",
    "creo.support.accounts.middleware.ReaderMiddleware",
    "creo.support.looking.middleware.LooksMiddleware",
    "creo.support.scoping.middleware.WallMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "creo.site.urls"
WSGI_APPLICATION = "creo.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "creo.site.menu.context",
            ],
        },
    }
]

DATABASES = {"default": database(ENV.database_url, CREO_DATA_DIR)}
if PRODUCTION:
    verified(DATABASES["default"])
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Progress of jobs: a folder that web and worker share (see support/jobs/progress.py).
    "progress": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": CREO_DATA_DIR / "progress",
    },
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/entrar/"
LOGIN_REDIRECT_URL = "/"
# Argon2 is slow on purpose; tests make hundreds of users.
PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{'MD5' if TESTING else 'Argon2'}PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "creo.support.signin.passwords.KnownWords"},
    {"NAME": "creo.support.signin.passwords.KnownBase"},
]
AUTHENTICATION_BACKENDS = ["creo.support.signin.backends.LockOut", "creo.support.accounts.backends.WithGrants"]
# Wrong tries are counted in the database, by name and address: allauth's own limits live in one process's memory.
AXES_HANDLER = "creo.support.signin.lockout.Handler"
AXES_FAILURE_LIMIT = "creo.support.signin.lockout.tries"
AXES_COOLOFF_TIME = "creo.support.signin.lockout.cool_off"
AXES_USERNAME_CALLABLE = "creo.support.signin.lockout.name_tried"
AXES_CLIENT_IP_CALLABLE = "creo.support.signin.lockout.address"
AXES_LOCKOUT_CALLABLE = "creo.support.signin.lockout.refused"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "credential", "current", "new", "again"]
ACCOUNT_ADAPTER = "creo.support.signin.adapter.ClosedAccounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_LOGIN_TIMEOUT = 300
MFA_ADAPTER = "creo.support.signin.adapter.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODE_DIGITS = 10
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_ADAPTER = "creo.support.signin.adapter.OnlyKnownSubjects"
SOCIALACCOUNT_AUTO_SIGNUP = SOCIALACCOUNT_STORE_TOKENS = SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": directories.apps(DIRECTORIES)}}
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
# What was done to whom stays on the server: a cookie would carry it about.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "creo.site.pages.stale_form"

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF, *directories.origins(DIRECTORIES)],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
    "report-uri": ["/politica/informes/"],
    "report-to": ["policy"],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    LANGUAGE_COOKIE_SECURE = True
    LANGUAGE_COOKIE_NAME = "__Host-language"
    SECURE_SSL_REDIRECT = True
    SECURE_CSP["upgrade-insecure-requests"] = True
    if CREO_PROXIES:  # the header of anybody else is gone before it is read: creo.site.guards.OnlyOurProxy
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "America/Lima"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/estaticos/"
STATIC_ROOT = CREO_DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # before the first collectstatic the server would warn
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "creo.support.ui.finders.VendorFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING
WHITENOISE_ALLOW_ALL_ORIGINS = False

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_PERMISSIONS = 0o600

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"creo": {"level": "INFO"}},
}
