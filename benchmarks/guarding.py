"""What the ledger, the scope and the watch over looks cost a page: the list of people, with them and without.

`creo bench guards --json` runs it in a database of its own, with the demonstration in it, dropped at the end. Each page
is asked for twice in a pair, once as it is served and once by its floor, in turns of either order, so that whatever
else the machine does falls on both: the floor is the same page without the middleware of ledger, looks and wall, and
without narrowing to the reader's places. Both answer the same rows to the same person: the session, the account, its
roles and the permission of the page stay. What is told is the processor's time of this process, and the median over
the pairs of how much longer the page took.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from unittest import mock

MOST_MORE = 0.20
WARM_UP = 20
LEFT_OUT = (
    "creo.support.ledger.middleware.OriginMiddleware",
    "creo.support.looking.middleware.LooksMiddleware",
    "creo.support.scoping.middleware.WallMiddleware",
)
# Who asks, and for what. The filter of the second leaves the same rows with its scope and without.
PAGES = {
    "nation": ("registro", "/personas/"),
    "one prison": ("registro.piura", "/personas/?penal=EP-PIURA"),
}

Say = Callable[[int, int, str], None]


def run(scale: float, pairs: int, say: Say) -> dict[str, Any]:
    """Everything measured, as plain data; `within`: no page took more than a fifth longer."""
    sys.path.insert(0, str(Path(__file__).parent))
    import importing

    with importing.scratch() as folder, importing.database(folder):
        load = os.getloadavg()[0]
        say(0, 2, "Demostración")
        people = filled(scale)
        say(1, 2, "Páginas")
        told = {name: measured(*asked, pairs) for name, asked in PAGES.items()}
        engine = importing.told_engine()
        say(2, 2, "")
    result = {"people": people, "pairs": pairs, "pages": told, "database": engine, "load": round(load, 2)}
    result["processors"] = os.cpu_count()
    result["within"] = all(page["more"] <= MOST_MORE for page in told.values())
    return result


def filled(scale: float) -> int:
    """The demonstration; how many people it has."""
    from django.core.management import call_command

    from creo.register.models import Person
    from creo.site.demo import SEED, build

    call_command("collectstatic", interactive=False, verbosity=0)
    build(seed=SEED, scale=scale, quiet=True)
    return Person.objects.count()


@dataclass(frozen=True)
class Asker:
    """Somebody signed in who asks for one address again and again."""

    session: str
    address: str

    def ask(self, serve: Callable[[Any], Any]) -> tuple[float, bytes]:
        """Seconds of processor of one answer, and its page."""
        from django.conf import settings
        from django.test import RequestFactory

        request = RequestFactory().get(self.address, headers={"host": "localhost"})
        cookies: SimpleCookie = SimpleCookie({settings.SESSION_COOKIE_NAME: self.session})
        request.META["HTTP_COOKIE"] = cookies.output(header="", sep=";").strip()
        request.COOKIES = {name: each.value for name, each in cookies.items()}
        started = time.process_time()
        response = serve(request)
        content = bytes(response.content)
        seconds = time.process_time() - started
        if response.status_code != 200:
            raise RuntimeError(f"{self.address}: {response.status_code}")
        return seconds, content


def measured(username: str, address: str, pairs: int) -> dict[str, Any]:
    """A page and its floor, in pairs."""
    asker = Asker(session_of(username), address)
    page, floor = handler(), handler(without=LEFT_OUT)
    ways: list[Callable[[], tuple[float, bytes]]] = [lambda: asker.ask(page.get_response), lambda: bare(asker, floor)]
    if rows_of(ways[0]()[1]) != rows_of(ways[1]()[1]):
        raise RuntimeError(f"{address}: la página y su piso no muestran las mismas filas.")
    taken: list[tuple[float, float]] = []
    with steady():
        for number in range(WARM_UP + pairs):
            order = (0, 1) if number % 2 == 0 else (1, 0)
            times = {way: ways[way]()[0] for way in order}
            if number >= WARM_UP:
                taken.append((times[0], times[1]))
    return {
        "page_ms": round(1000 * statistics.median(one for one, _floor in taken), 2),
        "floor_ms": round(1000 * statistics.median(floor for _one, floor in taken), 2),
        "more": round(statistics.median(one / floor for one, floor in taken) - 1, 4),
    }


def bare(asker: Asker, floor: Any) -> tuple[float, bytes]:
    """The floor's answer: nobody's places narrow what is read."""
    from creo.territory import queries as territory

    with mock.patch.object(territory, "facility_ids", lambda reader: None):
        return asker.ask(floor.get_response)


def handler(without: tuple[str, ...] = ()) -> Any:
    """The site as it is served, or without some of its middleware."""
    from django.conf import settings
    from django.core.handlers.base import BaseHandler
    from django.test import override_settings

    made = BaseHandler()
    with override_settings(MIDDLEWARE=[name for name in settings.MIDDLEWARE if name not in without]):
        made.load_middleware()
    return made


def session_of(username: str) -> str:
    """A session as a sign-in leaves it."""
    from django.conf import settings
    from django.test import Client

    from creo.support.accounts.models import User

    client = Client(headers={"host": "localhost"})
    user: Any = User.objects.get(username=username)
    client.force_login(user)
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


def rows_of(page: bytes) -> bytes:
    """The table of a page: the rest tells forms their tokens anew."""
    return page[page.find(b"<tbody") : page.find(b"</tbody>")]


@contextmanager
def steady() -> Iterator[None]:
    """Without the collector of garbage, which would fall on either side by chance."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


if __name__ == "__main__":
    raise SystemExit("Ejecute «creo bench guards» desde la raíz del repositorio.")
