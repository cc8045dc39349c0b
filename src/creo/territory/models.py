"""Tables of places. What is not published is null: unknown, never zero and never a guess.

Periods are half-open: `valid_to` is the first day outside, null while it lasts.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact


def _digits(field: str, size: int) -> models.CheckConstraint:
    """A code keeps its leading zeros: exactly `size` characters (null passes, as unknown)."""
    return models.CheckConstraint(name=f"%(class)s_{field}_size", condition=Exact(Length(field), size))


def _ends_after_start(name: str, start: str, end: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(**{end: None}) | Q(**{f"{end}__gt": F(start)}))


class Department(models.Model):
    """One of 25; `ubigeo` is INEI's two digits, `reniec` the other coding's."""

    ubigeo = models.CharField(max_length=2, unique=True)
    reniec = models.CharField(max_length=2, unique=True)
    name = models.CharField(max_length=40)
    capital = models.CharField(max_length=40)

    class Meta:
        constraints = [_digits("ubigeo", 2), _digits("reniec", 2)]

    def __str__(self) -> str:
        return f"{self.ubigeo} {self.name}"


class Province(models.Model):
    """One of 196."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="provinces")
    ubigeo = models.CharField(max_length=4, unique=True)
    reniec = models.CharField(max_length=4, unique=True)
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [_digits("ubigeo", 4), _digits("reniec", 4)]

    def __str__(self) -> str:
        return f"{self.ubigeo} {self.name}"


class District(models.Model):
    """One of 1,893; the source leaves one without INEI code and one without RENIEC code."""

    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="districts")
    ubigeo = models.CharField(max_length=6, null=True, unique=True)
    reniec = models.CharField(max_length=6, null=True, unique=True)
    name = models.CharField(max_length=80)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            _digits("ubigeo", 6),
            _digits("reniec", 6),
            models.CheckConstraint(
                name="district_has_a_code", condition=Q(ubigeo__isnull=False) | Q(reniec__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ubigeo or self.reniec} {self.name}"


class RegionalOffice(models.Model):
    """One of INPE's eight, with the department of its seat."""

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=60)
    short_name = models.CharField(max_length=40)
    seat = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(unique=True)

    def __str__(self) -> str:
        return self.code


class Facility(models.Model):
    """A prison, a community office (medio libre) or a reception facility."""

    class Kind(models.TextChoices):
        PRISON = "prison"
        COMMUNITY_OFFICE = "community_office"
        RECEPTION = "reception"

    class Sex(models.TextChoices):
        MEN = "men"
        WOMEN = "women"
        MIXED = "mixed"

    kind = models.CharField(max_length=20, choices=Kind)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    regional_office = models.ForeignKey(RegionalOffice, on_delete=models.PROTECT, related_name="facilities")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="facilities")
    province = models.ForeignKey(Province, on_delete=models.PROTECT, null=True, related_name="facilities")
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, related_name="facilities")
    place_printed = models.CharField(max_length=120, blank=True)
    place_source = models.CharField(max_length=200, blank=True)
    sex = models.CharField(max_length=10, choices=Sex, null=True)
    sex_source = models.CharField(max_length=200, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    opened = models.DateField(null=True)
    closed = models.DateField(null=True)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="facility_kind_known", condition=Q(kind__in=["prison", "community_office", "reception"])
            ),
            models.CheckConstraint(
                name="facility_sex_known", condition=Q(sex=None) | Q(sex__in=["men", "women", "mixed"])
            ),
            models.CheckConstraint(
                name="facility_sex_has_source",
                condition=Q(sex=None, sex_source="") | Q(sex__isnull=False) & ~Q(sex_source=""),
            ),
            models.CheckConstraint(
                name="facility_position_whole",
                condition=Q(latitude=None, longitude=None) | Q(latitude__isnull=False, longitude__isnull=False),
            ),
            models.CheckConstraint(
                name="facility_closes_after_opening",
                condition=Q(opened=None) | Q(closed=None) | Q(closed__gt=F("opened")),
            ),
            models.CheckConstraint(
                name="facility_district_needs_province", condition=Q(district=None) | Q(province__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.code


class FacilityAlias(models.Model):
    """The same facility in somebody else's list: a code of another scheme, or another spelling of its name."""

    class Scheme(models.TextChoices):
        CENSUS_2016 = "census_2016"
        NAME = "name"

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="aliases")
    scheme = models.CharField(max_length=20, choices=Scheme)
    code = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="alias_once_per_scheme", fields=["scheme", "code"]),
            models.CheckConstraint(name="alias_scheme_known", condition=Q(scheme__in=["census_2016", "name"])),
            models.CheckConstraint(name="alias_not_empty", condition=~Q(code="")),
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.code}"


class FacilityCapacity(models.Model):
    """Places of a facility during a period, with who says so."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="capacities")
    places = models.PositiveIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=400)

    class Meta:
        constraints = [
            _ends_after_start("capacity_ends_after_start", "valid_from", "valid_to"),
            models.CheckConstraint(name="capacity_has_source", condition=~Q(source="")),
            models.CheckConstraint(name="capacity_not_negative", condition=Q(places__gte=0)),
            models.UniqueConstraint(name="capacity_one_per_start", fields=["facility", "valid_from"]),
            models.UniqueConstraint(name="capacity_one_in_force", fields=["facility"], condition=Q(valid_to=None)),
        ]

    def __str__(self) -> str:
        return f"{self.facility_id}: {self.places} desde {self.valid_from}"


class Pavilion(models.Model):
    """A pavilion of a facility. None is published: the demonstration's own are marked."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="pavilions")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    capacity = models.PositiveIntegerField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        constraints = [
            _ends_after_start("pavilion_ends_after_start", "valid_from", "valid_to"),
            models.CheckConstraint(name="pavilion_has_words", condition=~Q(code="") & ~Q(name="")),
            models.CheckConstraint(name="pavilion_capacity_sane", condition=Q(capacity=None) | Q(capacity__gte=0)),
            models.UniqueConstraint(name="pavilion_one_per_start", fields=["facility", "code", "valid_from"]),
            models.UniqueConstraint(name="pavilion_one_open", fields=["facility", "code"], condition=Q(valid_to=None)),
        ]

    def __str__(self) -> str:
        return f"{self.facility_id}/{self.code}"


class ReferenceFigure(models.Model):
    """A published figure about a facility in the report of a month (its first day). Not register data."""

    class Measure(models.TextChoices):
        POPULATION = "population"
        PROCESSED_MEN = "processed_men"
        PROCESSED_WOMEN = "processed_women"
        SENTENCED_MEN = "sentenced_men"
        SENTENCED_WOMEN = "sentenced_women"

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="figures")
    measure = models.CharField(max_length=20, choices=Measure)
    month = models.DateField()
    value = models.PositiveIntegerField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="figure_once", fields=["facility", "measure", "month"]),
            models.CheckConstraint(name="figure_month_is_its_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(name="figure_has_source", condition=~Q(source="")),
            models.CheckConstraint(
                name="figure_measure_known",
                condition=Q(
                    measure__in=[
                        "population",
                        "processed_men",
                        "processed_women",
                        "sentenced_men",
                        "sentenced_women",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.measure} {self.month}: {self.value}"
