"""Soles in Decimal, and quantities that carry their unit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of soles with two decimals; negative movements (rebates) exist. Refuses floats."""

    amount: Decimal

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError("Un monto se construye con Decimal, texto o entero: use Money.soles(…).")
        if not self.amount.is_finite():
            raise ValueError("Un monto es un número: no puede ser infinito ni indefinido.")
        object.__setattr__(self, "amount", self.amount.quantize(CENT, rounding=ROUND_HALF_UP))

    @classmethod
    def soles(cls, value: Decimal | int | str) -> Money:
        """Money from text, an integer or a Decimal; a float raises TypeError because it has lost cents already."""
        if isinstance(value, float):
            raise TypeError("Un monto no se construye con un número flotante.")
        try:
            return cls(Decimal(value))
        except InvalidOperation as error:
            raise ValueError(f"«{value}» no es un monto: se espera 1234.50.") from error

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + other.amount)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - other.amount)

    def __mul__(self, factor: int | Decimal) -> Money:
        if isinstance(factor, float):
            raise TypeError("Un monto se multiplica por un entero o un Decimal.")
        return Money(self.amount * factor)

    def __neg__(self) -> Money:
        return Money(-self.amount)

    def split(self, parts: int) -> tuple[Money, ...]:
        """`parts` amounts that add up to this one to the cent; the first ones take the odd cents."""
        if parts < 1:
            raise ValueError("Un monto se reparte en una parte o más.")
        cents = int(self.amount / CENT)
        base, odd = divmod(abs(cents), parts)
        sign = -1 if cents < 0 else 1
        return tuple(Money(CENT * (sign * (base + (index < odd)))) for index in range(parts))


@dataclass(frozen=True, slots=True)
class Quantity:
    """A count with its unit of measure ("persona", "convenio"): unlike units never add up."""

    value: int
    unit: str

    def __add__(self, other: Quantity) -> Quantity:
        if self.unit != other.unit:
            raise ValueError(f"No se suman {self.unit} con {other.unit}.")
        return Quantity(self.value + other.value, self.unit)
