"""How a command says no: with every reason, in words that say what to do. Nothing is half done."""

from __future__ import annotations

from collections.abc import Iterable

from creo.kernel.verdicts import Verdict


class Refused(Exception):
    """An anticipated no. `messages` are for people (Spanish); `fields` points at the form fields to mend."""

    def __init__(
        self,
        messages: str | Iterable[str],
        *,
        verdict: Verdict | None = None,
        fields: dict[str, str] | None = None,
    ) -> None:
        self.messages = [messages] if isinstance(messages, str) else list(messages)
        self.verdict = verdict
        self.fields = fields or {}
        super().__init__(" ".join(self.messages))


class Forbidden(Exception):
    """The reader lacks a permission or a scope: nothing was read or written."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class NotFound(Exception):
    """Nothing with that code inside the reader's scope: what is outside looks the same as what does not exist."""
