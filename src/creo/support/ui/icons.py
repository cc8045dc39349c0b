"""Our few icons: strokes on a 24 by 24 sheet, drawn inline so that they take the colour of the text."""

from __future__ import annotations

PATHS = {
    "alert": "M12 3 2 20h20L12 3zM12 10v4M12 17v.5",
    "arrow-left": "M19 12H5m6-6-6 6 6 6",
    "arrow-right": "M5 12h14m-6-6 6 6-6 6",
    "bell": "M6 9a6 6 0 0 1 12 0c0 6 2 7 2 7H4s2-1 2-7zM10 20a2 2 0 0 0 4 0",
    "book": "M4 4h6a3 3 0 0 1 2 1 3 3 0 0 1 2-1h6v15h-6a3 3 0 0 0-2 1 3 3 0 0 0-2-1H4zM12 5v15",
    "calendar": "M4 6h16v14H4zM4 10h16M8 3v4m8-4v4",
    "chart": "M4 4v16h16M8 16v-4m4 4V8m4 8v-6",
    "check": "M4 12.5 9.5 18 20 6.5",
    "chevron": "M6 9l6 6 6-6",
    "clock": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 2",
    "close": "M5 5l14 14M19 5 5 19",
    "compare": "M4 5h6v14H4zM14 5h6v14h-6z",
    "download": "M12 4v11m-5-5 5 5 5-5M4 20h16",
    "edit": "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
    "eye": "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
    "file": "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6m-6 4h6",
    "filter": "M3 5h18l-7 8v6l-4-2v-4z",
    "flag": "M5 21V4h12l-2 4 2 4H5",
    "gear": (
        "M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM12 2v4m0 12v4M2 12h4m12 0h4"
        "M5 5l2.8 2.8m8.4 8.4L19 19M19 5l-2.8 2.8M7.8 16.2 5 19"
    ),
    "globe": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
    "grid": "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
    "help": "M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2M12 17.5v.5M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
    "history": "M4 5v5h5M4.5 10a8 8 0 1 1-.5 4M12 8v4l3 2",
    "home": "M4 11 12 4l8 7v9h-5v-6H9v6H4z",
    "hospital": "M4 4h16v16H4zM12 8v8M8 12h8",
    "info": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 7.5v.5",
    "layers": "M12 3 2 8l10 5 10-5zM2 13l10 5 10-5",
    "link": "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
    "list": "M8 6h13M8 12h13M8 18h13M3.5 6h.5m-.5 6h.5m-.5 6h.5",
    "lock": "M5 11h14v10H5zM8 11V7a4 4 0 0 1 8 0v4",
    "logout": "M14 4H5v16h9M10 12h11m-4-4 4 4-4 4",
    "map": "M9 4 3 6v14l6-2 6 2 6-2V4l-6 2zM9 4v14m6-12v14",
    "money": "M3 6h18v12H3zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM6 9v.5m12 5v.5",
    "more": "M4 6h16M4 12h16M4 18h16",
    "office": "M4 21V4h10v17M14 9h6v12M2 21h20M8 8h2m-2 4h2m-2 4h2m7-3h1m-1 4h1",
    "people": (
        "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2 20a7 7 0 0 1 14 0M16 5.5a3.5 3.5 0 0 1 0 6.5m2.5 3A7 7 0 0 1 22 20"
    ),
    "person": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21a8 8 0 0 1 16 0",
    "plus": "M12 4v16M4 12h16",
    "print": "M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z",
    "refresh": "M20 5v5h-5M19.5 10A8 8 0 1 0 20 14",
    "search": "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5",
    "sort": "M8 4v16m-4-4 4 4 4-4M16 20V4m-4 4 4-4 4 4",
    "table": "M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14",
    "target": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 11.5v1",
    "theme": "M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9z",
    "trash": "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v6m4-6v6",
    "tree": "M9 3h6v5H9zM3 16h6v5H3zM15 16h6v5h-6zM12 8v4M6 16v-4h12v4",
    "undo": "M8 5 3 10l5 5M3 10h11a6 6 0 0 1 0 12h-3",
    "upload": "M12 16V5M7 10l5-5 5 5M4 20h16",
}
# second names of the same drawing
PATHS |= {
    "building": PATHS["office"],
    "question": PATHS["help"],
    "user": PATHS["person"],
    "users": PATHS["people"],
}
