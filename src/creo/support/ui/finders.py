"""Static files taken out of installed packages: exactly those the pages load, nothing else is published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

# public name -> (package that owns the folder, path below the folder that holds the package)
FILES = {
    "vendor/bootstrap.min.css": ("bootstrap_wrapper", "bootstrap/css/bootstrap.min.css"),
    # never fetched by a visitor; the hashed storage refuses a style sheet whose source map is absent
    "vendor/bootstrap.min.css.map": ("bootstrap_wrapper", "bootstrap/css/bootstrap.min.css.map"),
    "vendor/htmx.min.js": ("django_htmx", "django_htmx/static/django_htmx/htmx-4.min.js"),
}


@cache
def vendor_file(public_name: str) -> Path:
    """Where the packaged file lies. Raises KeyError for a name not listed, RuntimeError if the package lacks it."""
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
