"""Static files taken out of installed packages: exactly those the pages load, nothing else is published."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

# public name -> (package that owns the folder, path below the folder that holds the package)
FILES = {
    "vendor/bootstrap.min.css": ("bootstrap_wrapper", "bootstrap/css/bootstrap.min.css"),
    "vendor/htmx.min.js": ("django_htmx", "django_htmx/static/django_htmx/htmx-4.min.js"),
}
# Bootstrap draws its marks with data: images, which the policy refuses: our sheet puts others in their place, but on a
# slow line the browser may ask for them before our sheet is there. And the hashed storage refuses a map that is absent.
UNWANTED = re.compile(r'url\("data:[^"]*"\)|/\*# sourceMappingURL=.*?\*/')


def without_data_images(sheet: str) -> str:
    """The style sheet with no data: image (each becomes `none`) and no source map."""
    return UNWANTED.sub(lambda found: "none" if found[0].startswith("url") else "", sheet)


@cache
def vendor_file(public_name: str) -> Path:
    """Where the file to publish lies: the package's own, or for a sheet its copy without data: images.

    Raises KeyError for a name not listed, RuntimeError if the package lacks it.
    """
    path = packaged(public_name)
    if path.suffix != ".css":
        return path
    copy = Path(settings.CREO_DATA_DIR) / public_name
    sheet = without_data_images(path.read_text(encoding="utf-8"))
    if not copy.is_file() or copy.read_text(encoding="utf-8") != sheet:
        copy.parent.mkdir(parents=True, exist_ok=True)
        part = copy.with_suffix(f".{os.getpid()}")
        part.write_text(sheet, encoding="utf-8")
        part.replace(copy)
    return copy


def packaged(public_name: str) -> Path:
    """The listed file as its package brings it. Raises as `vendor_file` does."""
    package, inside = FILES[public_name]
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"Falta el paquete {package}: instale las dependencias (make run).")
    path = Path(spec.origin).parent.parent / inside
    if not path.is_file():
        raise RuntimeError(f"El paquete {package} no trae {inside}: revise su versión.")
    return path


class VendorStorage(FileSystemStorage):
    """A read-only storage whose only files are those of FILES."""

    prefix = ""  # asked for by collectstatic

    def path(self, name: str) -> str:
        """Absolute path of a listed file."""
        return str(vendor_file(str(name).replace("\\", "/")))


class VendorFinder(BaseFinder):
    """Finds the files of FILES for runserver, WhiteNoise and collectstatic."""

    storage = VendorStorage()

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing to configure, so nothing to report."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file's absolute path, or an empty list when it is not ours."""
        if path not in FILES:
            return []
        found = str(vendor_file(path))
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, VendorStorage]]:
        """Every file, as collectstatic wants it."""
        for name in FILES:
            yield name, self.storage
