"""What targeting does when the register announces a change of a person: it looks again at how they are now."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import system
from creo.support.announcements.news import News, reaction
from creo.targeting import commands

PERSON = "person"


@reaction(
    title=_("Focalización: vuelve a evaluar a la persona"),
    owner=Permission.RUN_TARGETING,
)
def person_changed(news: News) -> None:
    """Re-evaluates the person of the news and, when two records were joined or parted, the other one too."""
    if news.subject_kind != PERSON:
        return
    cause = commands.Cause(news.act, news.entry_id)
    other = news.before.get("duplicate") or news.after.get("duplicate")
    for code in dict.fromkeys([news.subject_code, *([str(other)] if other else [])]):
        commands.reevaluate(by=system("anuncios"), person_code=code, as_of=clock.today(), cause=cause)
