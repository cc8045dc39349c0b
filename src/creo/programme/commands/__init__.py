"""Writes of the programme: versions loaded, drafted, put in force, retired or discarded, and changes of a draft."""

from creo.programme.commands.drafts import (
    change_age_band,
    change_exclusion,
    change_offence_family,
    change_target,
)
from creo.programme.commands.versions import discard_draft, load_design, put_in_force, retire, start_draft

__all__ = [
    "change_age_band",
    "change_exclusion",
    "change_offence_family",
    "change_target",
    "discard_draft",
    "load_design",
    "put_in_force",
    "retire",
    "start_draft",
]
