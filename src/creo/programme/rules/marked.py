"""YAML read as plain data that remembers the file and line of every node.

Only a narrow YAML is accepted: mappings, lists, texts, whole numbers, true, false and null. Dates and decimals
stay texts (the schema reads them), so `1.1` is a code and `0401` keeps its zero. Aliases and custom tags are refused.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from creo.programme.rules.errors import DesignError

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None
type Steps = tuple[str | int, ...]

LARGEST_FILE = 2_000_000
DEEPEST = 30
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
_WORDS: dict[str, Json] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True)
class Place:
    """A file and a line (first line is 1)."""

    file: str
    line: int


class Marks:
    """The place of every node of a document, found by its steps."""

    def __init__(self) -> None:
        self._places: dict[Steps, Place] = {}

    def put(self, steps: Steps, place: Place) -> None:
        """Remember where the node at `steps` was written."""
        self._places[steps] = place

    def merge(self, other: "Marks") -> None:
        """Take the places of another document whose sections are not here yet."""
        for steps, place in other._places.items():
            self._places.setdefault(steps, place)

    def find(self, steps: Steps) -> Place:
        """The place of the node, or of its nearest written ancestor."""
        while steps:
            if steps in self._places:
                return self._places[steps]
            steps = steps[:-1]
        return self._places.get((), Place("", 1))


class _Reader:
    """Turns the nodes of one file into plain data."""

    def __init__(self, file: str, marks: Marks) -> None:
        self.file = file
        self.marks = marks
        self.errors: list[DesignError] = []

    def refuse(self, node: yaml.Node, problem: str, expected: str) -> None:
        self.errors.append(DesignError(self.file, node.start_mark.line + 1, "YAML", problem, expected))

    def value(self, node: yaml.Node, steps: Steps) -> Json:
        if len(steps) > DEEPEST:
            self.refuse(node, f"hay más de {DEEPEST} niveles", "una estructura menos profunda")
            return None
        self.marks.put(steps, Place(self.file, node.start_mark.line + 1))
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, steps)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*steps, position)) for position, child in enumerate(node.value)]
        return self.scalar(node)

    def mapping(self, node: yaml.MappingNode, steps: Steps) -> dict[str, Json]:
        result: dict[str, Json] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.refuse(key_node, "la clave no es un texto", "una clave de texto")
                continue
            key = key_node.value
            if key in result:
                self.refuse(key_node, f"la clave «{key}» está repetida", "cada clave una sola vez")
                continue
            result[key] = self.value(value_node, (*steps, key))
            self.marks.put((*steps, key), Place(self.file, key_node.start_mark.line + 1))
        return result

    def scalar(self, node: yaml.Node) -> Json:
        text = str(node.value)
        if isinstance(node, yaml.ScalarNode) and not node.style:  # the C reader says "" where Python's says None
            if text in _WORDS:
                return _WORDS[text]
            if _INTEGER.match(text):
                return int(text)
        return text


def _compose(path: Path) -> yaml.Node | None:
    """The node tree of a file, refusing aliases before they can multiply."""
    raw = path.read_bytes()
    if len(raw) > LARGEST_FILE:
        raise ValueError(f"el archivo tiene {len(raw)} bytes y el límite es {LARGEST_FILE}")
    text = raw.decode("utf-8-sig")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for token in yaml.scan(text, Loader=loader):
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken | yaml.TagToken):
            mark = token.start_mark
            raise yaml.MarkedYAMLError(problem="no se admiten anclas, alias ni etiquetas", problem_mark=mark)
    return yaml.compose(text, Loader=loader)


def read_file(path: Path, name: str, marks: Marks, before: Steps = ()) -> tuple[Json, list[DesignError]]:
    """Read one file; errors carry its line. `name` is how the file is called in messages."""
    try:
        node = _compose(path)
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return None, [DesignError(name, line, "archivo", "hay bytes que no son UTF-8", "un archivo en UTF-8")]
    except ValueError as error:
        return None, [DesignError(name, 1, "archivo", str(error), "un archivo más pequeño")]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = f"el YAML no se puede leer ({error.problem or 'sintaxis'})"
        return None, [DesignError(name, line, "YAML", problem, "YAML bien formado, sin tabuladores ni alias")]
    except yaml.YAMLError as error:
        return None, [DesignError(name, 1, "YAML", f"el YAML no se puede leer ({error})", "YAML bien formado")]
    if node is None:
        return {}, []
    reader = _Reader(name, marks)
    value = reader.value(node, before)
    return value, reader.errors
