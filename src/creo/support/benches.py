"""The measurements of the repository: `creo bench …` runs a module of benchmarks/, which is never installed."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import creo
from creo.support.refusals import Refused


def bench_module(name: str) -> ModuleType:
    """A module of benchmarks/. Refused where the code is installed without it."""
    root = Path(creo.__file__).resolve().parents[2]
    if not (root / "benchmarks" / f"{name}.py").exists():
        raise Refused("Las mediciones viven en el repositorio (benchmarks/): ejecute esta orden desde una copia de él.")
    if str(root) not in sys.path:
        sys.path.append(str(root))
    return import_module(f"benchmarks.{name}")
