"""Acts of targeting: runs, checks of runs, enrolments and their end. Each writes its entry in the register of acts."""

from creo.targeting.commands.checking import RunCheck, rerun_check
from creo.targeting.commands.enrolling import end_enrolment, enrol, enrol_many
from creo.targeting.commands.reevaluating import Cause, reevaluate
from creo.targeting.commands.running import perform_run, run

__all__ = [
    "Cause",
    "RunCheck",
    "end_enrolment",
    "enrol",
    "enrol_many",
    "perform_run",
    "reevaluate",
    "rerun_check",
    "run",
]
