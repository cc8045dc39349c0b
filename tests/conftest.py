"""A small living programme for the tests that walk the whole site: built once per module, rolled back at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from unittest import mock

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, connections, transaction
from django.test import Client
from django.test.testcases import LiveServerThread, _StaticFilesHandler


@dataclass(frozen=True)
class Nation:
    """The demonstration at a hundredth of the nation, with its accounts' password."""

    password: str

    def client(self, username: str) -> Client:
        """A signed-in browser without a screen."""
        client = Client()
        assert client.login(username=username, password=self.password)
        return client


@pytest.fixture(scope="module")
def nation(
    django_db_setup: None, django_db_blocker: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nation]:
    """Everything `creo demo` builds, small. The outer transaction takes it all back."""
    from django.conf import settings

    from creo.site.accounts import password_file
    from creo.site.demo import SEED, build

    kept, settings.CREO_DATA_DIR = settings.CREO_DATA_DIR, tmp_path_factory.mktemp("nation")
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        # SQLite reads its schema anew after every rollback in a transaction that changed it: here none does, so that
        # each refused command of the tests costs a millisecond and not ten. The rows are checked one by one instead.
        with mock.patch("creo.support.rebuilding.quiet_inserts", lambda *_asked: nullcontext()):
            build(seed=SEED, scale=0.01, quiet=True)
        if connection.vendor == "postgresql":
            # Nobody counts for the planner what no transaction has committed: searches would take seconds each.
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        yield Nation(password_file().read_text().strip())
        transaction.set_rollback(True)
    settings.CREO_DATA_DIR = kept


@pytest.fixture(scope="module")
def address(nation: Nation) -> Iterator[str]:
    """The site served to a real browser over the test's own connection, so that it sees the small nation."""
    connection = connections["default"]  # the connection itself: its proxy would look itself up
    connection.inc_thread_sharing()
    server = LiveServerThread("localhost", _StaticFilesHandler, connections_override={"default": connection})
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://localhost:{server.port}"
    # Sharing stays on: a browser's last connection may outlive the server's thread by a moment.
    server.terminate()


def session_cookie(username: str) -> str:
    """A signed-in session made without the sign-in page (argon2 is slow on purpose)."""
    from creo.support.accounts.models import User

    user = User.objects.get(username=username)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "creo.support.accounts.backends.WithGrants"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
