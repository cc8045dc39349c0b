"""Articles of a code in their printed order: 122, 122-A, 122-B, 123."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_ARTICLE = re.compile(r"([0-9]{1,4})(?:-([A-Z]))?")
_RANGE = re.compile(r"([0-9]{1,4}(?:-[A-Z])?)(?:-([0-9]{1,4}(?:-[A-Z])?))?")


@lru_cache(maxsize=4096)
def article_key(article: str) -> tuple[int, str]:
    """Sort key of an article: "122-B" -> (122, "B"). ValueError when it is not an article."""
    match = _ARTICLE.fullmatch(article.strip())
    if match is None:
        raise ValueError(f"«{article}» no es un artículo: se espera 189 o 189-A.")
    return int(match[1]), match[2] or ""


def is_article(text: object) -> bool:
    """True for a text that `article_key` can read."""
    try:
        return isinstance(text, str) and bool(article_key(text))
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class ArticleRange:
    """Articles from `first` to `last`, both included; the text is kept as written."""

    text: str
    first: tuple[int, str]
    last: tuple[int, str]

    @classmethod
    def parse(cls, text: str) -> ArticleRange:
        """Reads "298", "122-B", "185-208" or "170-178-A". ValueError says what is expected."""
        match = _RANGE.fullmatch(str(text).strip())
        if match is None:
            raise ValueError(f"«{text}» no es un artículo ni un rango: se espera 298, 122-B, 185-208 o 170-178-A.")
        first = article_key(match[1])
        last = article_key(match[2]) if match[2] else first
        if last < first:
            raise ValueError(f"El rango «{text}» está al revés.")
        return cls(str(text).strip(), first, last)

    def holds(self, article: str) -> bool:
        """True when the article lies inside."""
        return self.first <= article_key(article) <= self.last
