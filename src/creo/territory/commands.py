"""Writes of places: the reference tables, dated capacity with its source, pavilions that open and close.

History is added to, never rewritten: a new capacity ends the one before it on its first day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound, Refused
from creo.territory import rules
from creo.territory.models import (
    Department,
    District,
    Facility,
    FacilityAlias,
    FacilityCapacity,
    Pavilion,
    Province,
    ReferenceFigure,
    RegionalOffice,
)
from creo.territory.queries.refs import in_scope

MAX_PLACES = 20_000
MAX_SOURCE = 400
