"""Errors of a design file, each with its place and what was expected there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DesignError:
    """One thing wrong in a design: where it is, what is wrong and what was expected."""

    file: str
    line: int
    item: str
    problem: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.item}: {self.problem}. Se espera: {self.expected}."

    def as_json(self) -> dict[str, str | int]:
        """The error as plain data, for `--json` and for pages."""
        return {
            "file": self.file,
            "line": self.line,
            "item": self.item,
            "problem": self.problem,
            "expected": self.expected,
        }


class DesignErrors(Exception):
    """Everything wrong in a design, found in one reading."""

    def __init__(self, errors: tuple[DesignError, ...]) -> None:
        self.errors = tuple(sorted(errors, key=lambda e: (e.file, e.line, e.item, e.problem)))
        super().__init__("\n".join(str(error) for error in self.errors))
