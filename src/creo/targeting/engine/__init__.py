"""Heavy computing of targeting: columns in, counts and rows out. No database."""

from creo.targeting.engine.changing import Changes, changes
from creo.targeting.engine.comparing import Comparison, compare, movers
from creo.targeting.engine.freezing import FrozenColumn, People, dictionaries, frozen_rows, thaw, thaw_row
from creo.targeting.engine.running import Answers, answer
from creo.targeting.engine.tallies import Tallies, tally

__all__ = [
    "Answers",
    "Changes",
    "Comparison",
    "FrozenColumn",
    "People",
    "Tallies",
    "answer",
    "changes",
    "compare",
    "dictionaries",
    "frozen_rows",
    "movers",
    "tally",
    "thaw",
    "thaw_row",
]
