"""A browser and a machine in words, from what the browser says of itself: a hint for people, never a proof."""

from __future__ import annotations

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
MACHINES = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device(user_agent: str) -> str:
    """«Firefox · Windows»; empty when nothing is recognised."""
    found = [next((word for mark, word in marks if mark in user_agent), "") for marks in (BROWSERS, MACHINES)]
    return " · ".join(word for word in found if word)
