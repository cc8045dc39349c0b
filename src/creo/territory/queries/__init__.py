"""Reads of places. The reader comes first: a regional office or a prison sees its own facilities, the nation sees all.

Geography itself (departments, provinces, districts) is public and the same for everyone who may view the territory.
"""

from creo.territory.queries.detail import CapacityRow, FacilityDetail, FigureRow, PavilionRow, facility, pavilions
from creo.territory.queries.lists import (
    FacilityFilter,
    FacilityRow,
    OfficeRow,
    Totals,
    capacity_as_of,
    facilities,
    narrowed,
    offices,
    published_population,
    totals,
)
from creo.territory.queries.places import (
    DepartmentDetail,
    DepartmentRow,
    DistrictRow,
    ProvinceRow,
    department,
    departments,
    district_codes,
)
from creo.territory.queries.refs import (
    FacilityLookup,
    FacilityRef,
    by_code,
    facility_ids,
    facility_lookup,
    facility_refs,
    resolve_facility,
    within,
)
from creo.territory.queries.versions import pavilion_of, record_of

__all__ = [
    "CapacityRow",
    "DepartmentDetail",
    "DepartmentRow",
    "DistrictRow",
    "FacilityDetail",
    "FacilityFilter",
    "FacilityLookup",
    "FacilityRef",
    "FacilityRow",
    "FigureRow",
    "OfficeRow",
    "PavilionRow",
    "ProvinceRow",
    "Totals",
    "by_code",
    "capacity_as_of",
    "department",
    "departments",
    "district_codes",
    "facilities",
    "facility",
    "facility_ids",
    "facility_lookup",
    "facility_refs",
    "narrowed",
    "offices",
    "pavilion_of",
    "pavilions",
    "published_population",
    "record_of",
    "resolve_facility",
    "totals",
    "within",
]
