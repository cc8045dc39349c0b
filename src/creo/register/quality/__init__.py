"""The register's data checks: what must not be in the records of people in custody.

Each is a declaration (what it finds, why it matters, how it is mended) and one reading of the tables as of a day.
"""

from creo.register.quality import episodes, law, people, prisons
from creo.register.quality.subjects import places
from creo.support.quality.checks import Check

CHECKS: tuple[Check, ...] = (*people.CHECKS, *law.CHECKS, *episodes.CHECKS, *prisons.CHECKS)

__all__ = ["CHECKS", "places"]
