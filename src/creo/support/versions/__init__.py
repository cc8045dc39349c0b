"""What a form or a call was opened on: whoever writes over something newer is told, and loses nothing.

The version of a record is the number of the last act that changed it. `Record` names the record and which acts count;
`expecting` says which version an act was asked on; the command that locks the record calls `confirm` under its lock.
"""

from creo.support.versions.checking import Record, Stale, confirm, current, expecting
from creo.support.versions.showing import Change, changes_since, differences

__all__ = ["Change", "Record", "Stale", "changes_since", "confirm", "current", "differences", "expecting"]
