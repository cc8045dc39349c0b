"""The register for other institutions' systems: the same queries and commands as the pages, by HTTP."""

from creo.register.api import reading, writing
from creo.register.api.routing import router

__all__ = ["reading", "router", "writing"]
