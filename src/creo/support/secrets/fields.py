"""Columns whose texts the database cannot read: `EncryptedTextField`, bound to its row by `SealedRow.seal_id`.

class Fact(SealedRow):
    value = EncryptedTextField(max_length=160, blank=True)

Written by save, bulk_create, update and bulk_update; read by every queryset, also values(). Nothing searches it: an
exact number is found by a `BlindIndexField` beside it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.core.exceptions import FieldError
from django.db import models, transaction
from django.db.models.expressions import Value
from django.db.models.lookups import Exact, IsNull, Lookup
from django.utils.translation import gettext as _

from creo.support.refusals import Refused
from creo.support.secrets import cipher, ring

SEAL = "seal_id"
_COLUMN = re.compile(r'(?:"[^"]+"|\w+)\.(?:"[^"]+"|\w+)')
UPDATE_AT_ONCE = 200


class NotSealed(RuntimeError):
    """Somebody writes a text into a sealed column without its row: a fault of ours, nothing is written."""


class Ciphertext(str):
    """A sealed value on its way to the database."""

    __slots__ = ()


def new_seal() -> str:
    """What binds a value to its row: random, never changed, never shown."""
    return secrets.token_hex(16)


class SealedQuerySet(models.QuerySet[Any]):
    """Seals what `update` and `bulk_update` write: each row's value for that row."""

    def update(self, **values: Any) -> int:
        """As Django's; a sealed column is written row by row, under lock, in one transaction."""
        sealed = {name: value for name, value in values.items() if _is_sealed(self.model, name)}
        texts = {name: value for name, value in sealed.items() if not hasattr(value, "resolve_expression")}
        if any(_computes(value) for name, value in sealed.items() if name not in texts) or 0 < len(texts) < len(sealed):
            raise FieldError("Una columna cifrada no se calcula en la base de datos.")
        if not texts:
            return super().update(**values)
        plain = {name: value for name, value in values.items() if name not in sealed} | _indexes(self.model, texts)
        changed = 0
        with transaction.atomic(using=self.db):
            rows = list(self.select_for_update().order_by().values_list("pk", SEAL))
            for start in range(0, len(rows), UPDATE_AT_ONCE):
                some = rows[start : start + UPDATE_AT_ONCE]
                each = {name: _by_row(self.model, name, some, text) for name, text in texts.items()}
                target = self.model._base_manager.using(self.db).filter(pk__in=[pk for pk, _seal in some])
                changed += models.QuerySet.update(target, **each, **plain)
        return changed

    update.alters_data = True  # type: ignore[attr-defined]  # Django's mark: no template calls it

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> int:
        """As Django's."""
        given, written = list(objs), list(fields)
        names = [name for name in written if _is_sealed(self.model, name)]
        kept = [[getattr(row, name) for name in names] for row in given]
        try:
            for row in given:
                for name in names:
                    field = _field(self.model, name)
                    setattr(row, name, Value(field.sealed_for(row), output_field=field))
            return super().bulk_update(given, written, batch_size)
        finally:
            for row, texts in zip(given, kept, strict=True):
                for name, text in zip(names, texts, strict=True):
                    setattr(row, name, text)

    bulk_update.alters_data = True  # type: ignore[attr-defined]


class SealedRow(models.Model):
    """A row with sealed columns."""

    seal_id = models.CharField(max_length=32, default=new_seal, editable=False, unique=True)

    objects: ClassVar[Any] = SealedQuerySet.as_manager()

    class Meta:
        abstract = True


class EncryptedTextField(models.TextField[Any, Any]):
    """A text sealed for its table, column and row. Empty stays empty; longer than `max_length` is refused."""

    def sealed_for(self, row: Any) -> str:
        """The value of a row as the database keeps it."""
        return self._sealed(getattr(row, self.attname), getattr(row, SEAL))

    def _sealed(self, text: Any, seal: str) -> str:
        if isinstance(text, Ciphertext):
            return text
        if hasattr(text, "resolve_expression"):
            raise FieldError(f"{self.belongs} es una columna cifrada: no se calcula en la base de datos.")
        plain = str(text if text is not None else "")
        if self.max_length is not None and len(plain) > self.max_length:
            raise Refused(
                _("El texto lleva hasta %(most)d letras.") % {"most": self.max_length}, fields={self.name: ""}
            )
        return Ciphertext(cipher.seal(plain, f"{self.belongs}/{seal}"))

    @property
    def belongs(self) -> str:
        """Table and column, as they are bound to the value."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """What save and bulk_create write; the instance keeps its text."""
        value = getattr(model_instance, self.attname)
        if hasattr(value, "resolve_expression") and not isinstance(value, Value):
            raise FieldError(f"{self.belongs} es una columna cifrada: no se calcula en la base de datos.")
        return value if isinstance(value, Value) else self.sealed_for(model_instance)

    def get_prep_value(self, value: Any) -> Any:
        """Only what was sealed for its row, or nothing, goes to the database."""
        if value is None or value == "" or isinstance(value, Ciphertext):
            return value
        raise NotSealed(
            f"{self.belongs} es una columna cifrada: escríbala por la ficha o con update() de SealedQuerySet."
        )

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        """Reads the row's seal beside the value: every queryset opens what it selects, also values()."""
        if not _COLUMN.fullmatch(sql):
            raise FieldError(f"{self.belongs} es una columna cifrada: no se calcula en la base de datos.")
        table = sql[: sql.rindex(".")]
        return f"({sql} || '/' || {table}.{compiler.connection.ops.quote_name(SEAL)})", params

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """The text. Unopened when the value is of another row or column, or was changed."""
        if value is None:
            return None
        sealed, separator, seal = value.rpartition("/")
        if not separator:
            raise cipher.Unopened(f"{self.belongs} se leyó sin su ficha: no se abre.")
        return cipher.unseal(sealed, f"{self.belongs}/{seal}")

    def value_to_string(self, obj: models.Model) -> str:
        """A dump of the data carries the sealed value, never the text."""
        return self.sealed_for(obj)

    def get_lookup(self, lookup_name: str) -> Any:
        """Nothing but «is it empty» and «is it sealed»: FieldError for any search."""
        allowed = {"exact": _EmptyOnly, "isnull": IsNull, "is_sealed": IsSealed, "under_key": UnderKey}
        if lookup_name in allowed:
            return allowed[lookup_name]
        raise FieldError(
            f"{self.belongs} es una columna cifrada: no admite la búsqueda [{lookup_name}]. Para hallar un número "
            "exacto use un BlindIndexField."
        )

    def get_transform(self, lookup_name: str) -> Any:
        """None of them."""
        raise FieldError(f"{self.belongs} es una columna cifrada: no admite [{lookup_name}].")


class BlindIndexField(models.CharField[Any, Any]):
    """Finds exact numbers of a sealed column: filled from `of` when it is saved; filter(number_index="70 123 456")."""

    def __init__(self, *args: Any, of: str, **kwargs: Any) -> None:
        self.of = of
        kwargs.setdefault("max_length", 2 * cipher.INDEX_BYTES)
        kwargs.setdefault("editable", False)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """With the column it indexes."""
        name, where, args, kwargs = super().deconstruct()
        return name, where, args, {**kwargs, "of": self.of}

    def index_of(self, text: str) -> str:
        """The index of a number in this column."""
        return cipher.blind_index(text, f"{self.model._meta.label_lower}.{self.of}")

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Follows its column."""
        value = self.index_of(str(getattr(model_instance, self.of) or ""))
        setattr(model_instance, self.attname, value)
        return value

    def get_lookup(self, lookup_name: str) -> Any:
        """Exact numbers alone."""
        if lookup_name == "exact":
            return _IndexOf
        raise FieldError(f"{self.model._meta.label_lower}.{self.name} solo halla números exactos.")


class _EmptyOnly(Exact):
    def get_prep_lookup(self) -> Any:
        if self.rhs != "":
            field = self.lhs.output_field
            raise FieldError(
                f"{field.belongs} es una columna cifrada: solo se pregunta si está vacía. Para hallar un número exacto "
                "use un BlindIndexField."
            )
        return ""


class _IndexOf(Exact):
    def get_prep_lookup(self) -> Any:
        return self.lhs.output_field.index_of(str(self.rhs))


class IsSealed(Lookup[Any]):
    """True for what a sealed column may hold: nothing, or a sealed value. For the constraint that says so."""

    lookup_name = "is_sealed"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """`(column = '' OR column LIKE 's1.%')`, or the contrary."""
        sql, params = self.process_lhs(compiler, connection)
        wanted = "" if self.rhs else "NOT "
        mark = f"{cipher.VERSION}."
        return f"{wanted}({sql} = %s OR SUBSTR({sql}, 1, {len(mark)}) = %s)", (*params, "", *params, mark)


class UnderKey(Lookup[Any]):
    """True for what is sealed with a key."""

    lookup_name = "under_key"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """The number of the key stands at the beginning of each value."""
        sql, params = self.process_lhs(compiler, connection)
        mark = f"{cipher.VERSION}.{self.rhs}."
        return f"SUBSTR({sql}, 1, {len(mark)}) = %s", (*params, mark)


def sealed_constraint(name: str, *columns: str) -> models.CheckConstraint:
    """The database's own refusal of texts in sealed columns, whatever wrote them."""
    condition = models.Q()
    for column in columns:
        condition &= models.Q(**{f"{column}__is_sealed": True})
    return models.CheckConstraint(name=name, condition=condition)


def sealed_columns(model: type[models.Model]) -> list[EncryptedTextField]:
    """The sealed columns of a table."""
    return [field for field in model._meta.local_concrete_fields if isinstance(field, EncryptedTextField)]


def stale(model: type[models.Model]) -> models.Q:
    """Rows with a value under another key than the current one."""
    current, condition = ring.load().current.id, models.Q()
    for field in sealed_columns(model):
        condition |= ~models.Q(**{field.name: ""}) & ~models.Q(**{f"{field.name}__under_key": current})
    return condition


def _field(model: type[models.Model], name: str) -> EncryptedTextField:
    field = model._meta.get_field(name)
    assert isinstance(field, EncryptedTextField)
    return field


def _is_sealed(model: type[models.Model], name: str) -> bool:
    return any(field.name == name for field in sealed_columns(model))


def _by_row(model: type[models.Model], name: str, rows: Sequence[tuple[Any, str]], text: Any) -> Any:
    field = _field(model, name)
    cases = [models.When(pk=pk, then=Value(field._sealed(text, seal), output_field=field)) for pk, seal in rows]
    return models.Case(*cases, output_field=field)


def _indexes(model: type[models.Model], texts: dict[str, Any]) -> dict[str, str]:
    """What the indexes of written columns become."""
    found = [field for field in model._meta.local_concrete_fields if isinstance(field, BlindIndexField)]
    return {field.name: field.index_of(str(texts[field.of] or "")) for field in found if field.of in texts}


def _computes(expression: Any) -> bool:
    """True for an expression that takes a value from a column, or brings a text that nobody sealed."""
    parts = expression.flatten() if hasattr(expression, "flatten") else (expression,)
    return any(
        isinstance(part, models.F)
        or (isinstance(part, Value) and part.value and not isinstance(part.value, Ciphertext))
        for part in parts
    )
