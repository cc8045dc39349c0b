"""The one router of the register, and the refusals that every operation may answer.

One router, because an address with a read and a write is one path of the description.
"""

from __future__ import annotations

from typing import Any

from ninja import Router

from creo.support.api.problems import Problem

router = Router()
READ, ACT = ["Consultas"], ["Actos"]
REFUSALS: dict[int, Any] = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 422: Problem}
VERSIONED: dict[int, Any] = {412: Problem, 428: Problem}
