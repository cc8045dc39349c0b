"""What is decided of a call before any page sees it, and what every answer says to the browser about itself."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

Answer = Callable[[HttpRequest], HttpResponse]

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT")
NEVER_BELIEVED = ("HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_ORIGINAL_URL", "HTTP_X_REWRITE_URL")
METHODS = ("GET", "HEAD", "POST")
API = "/api/"
API_METHODS = (*METHODS, "PATCH")
SIGN_OUTS = ("sign_out", "account_logout")
# Nothing of the browser's devices, of its own accord or another site's.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "hid",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "serial",
        "usb",
    )
)
HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": PERMISSIONS_POLICY,
    "X-Permitted-Cross-Domain-Policies": "none",
    "Reporting-Endpoints": 'policy="/politica/informes/"',
}


class OnlyOurProxy:
    """Forwarded headers are believed when they come from our own proxy (CREO_PROXIES), and are gone otherwise.

    Of the addresses that a call passed, the last one that is no proxy of ours called us: the rest anybody may write.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta, proxies = request.META, settings.CREO_PROXIES
        for name in NEVER_BELIEVED:
            meta.pop(name, None)
        if meta.get("REMOTE_ADDR", "") in proxies:
            passed = [part.strip() for part in meta.get("HTTP_X_FORWARDED_FOR", "").split(",")]
            meta["REMOTE_ADDR"] = next((at for at in reversed(passed) if at and at not in proxies), meta["REMOTE_ADDR"])
        else:
            for name in FORWARDED:
                meta.pop(name, None)
        return self.get_response(request)


class KnownCalls:
    """Refuses the methods nobody uses, and whatever another site makes a browser send or embed (ASVS v5.0.0-3.5.8).

    Another site may lead here, as a link does; it may not post, frame, or draw our addresses inside its own pages.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        allowed = API_METHODS if request.path.startswith(API) else METHODS
        if request.method not in allowed:
            return HttpResponse(status=405, headers={"Allow": ", ".join(allowed)})
        if "\x00" in request.path:
            raise Http404  # nothing of ours has such a name, and PostgreSQL takes no text with one
        if self._foreign(request):
            reason = _("El pedido vino desde otro sitio: ábralo desde CREO.")
            return render(request, "ui/errors/403.html", {"reason": reason}, status=403)
        return self.get_response(request)

    @staticmethod
    def _foreign(request: HttpRequest) -> bool:
        if request.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none"):
            return False
        leads = request.headers.get("Sec-Fetch-Mode") == "navigate" and request.headers.get("Sec-Fetch-Dest") in (
            "document",
            "empty",
        )
        return request.method == "POST" or not leads


class PlainAnswers:
    """What every answer carries, a picture of the site too; after signing out the browser keeps nothing of ours."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        match = request.resolver_match
        if request.method == "POST" and match is not None and match.view_name in SIGN_OUTS:
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response
