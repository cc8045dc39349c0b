"""Whose rows the register's are, and how protected each field is (Ley 29733; TUO CEP; Mandela Rules 7 to 10).

A person is where their open episode is; what was written about them goes with them. What a prison wrote itself stays
readable there: the names and movements of people who came through it, which are its book of entries and exits, and the
documents that it registered. Nothing written after they left does.
"""

from __future__ import annotations

from django.apps import apps

from creo.support.scoping.declaring import Held, Nobody, Person, PlaceCode, Table


def held() -> Held:
    """How people are held: the tables that the database's own wall asks."""

    def model(name: str) -> type:
        return apps.get_model(name)

    return Held(
        person=model("register.Person"),
        survivor="merged_into",
        place=model("territory.Facility"),
        place_code="code",
        stay=model("register.Custody"),
        stay_person="person",
        stay_place="facility",
        stay_end="released_on",
        step=(model("register.Movement"), ("custody", "from_facility", "to_facility")),
        pair=(model("register.DuplicatePair"), "first", "second"),
    )


TABLES = (
    # People and who they are ------------------------------------------------------------------------------------------
    Table("Person", Person("", known=True), confidential="id code merged_into died_on"),
    Table("PersonReference", Person("person"), confidential="id person source reference"),
    Table("Statement", Person("person"), confidential="id person source kind answer on"),
    Table(
        "Identity",
        Person("person", known=True),
        confidential="""id person given_names first_surname second_surname birth_date sex document_kind
            document_number nationality status valid_from valid_to""",
    ),
    Table(
        "Alias",
        Person("person"),
        confidential="id person kind given_names first_surname second_surname nickname source valid_from valid_to",
    ),
    Table("NameKey", Person("person"), confidential="sound person word"),
    Table("NameWord", Nobody("Las palabras de todos los nombres, sin decir de quién son."), internal="word sound"),
    # Custody ----------------------------------------------------------------------------------------------------------
    Table(
        "Custody",
        Person("person", known=True),
        confidential="""id person number entry_kind admitted_on admitted_on_known released_on release_kind facility
            absence absent_since""",
        legal="mandate legal_status legal_status_on next_hearing_on organised_crime extreme_security",
    ),
    Table(
        "Movement",
        Person("custody__person", known=True),
        confidential="""id custody sequence kind on at from_facility to_facility detail destination hours note
            source_key late annulled annul_reason""",
    ),
    # Law --------------------------------------------------------------------------------------------------------------
    Table(
        "Offence",
        Nobody("El catálogo de delitos: la ley, igual para todos."),
        public="""id code law article title family family_since modality attempt_allowed valid_from valid_to aliases
            attempt_aliases predecessor source edited""",
    ),
    Table(
        "OffenceFamilyPeriod",
        Nobody("El catálogo de delitos: familias de antes, iguales para todos."),
        public="id offence family valid_from valid_to reason",
    ),
    Table(
        "CustodyOffence",
        Person("custody__person"),
        legal="id custody offence is_main attempt valid_from valid_to source",
    ),
    Table("LegalStatusPeriod", Person("custody__person"), legal="id custody status valid_from valid_to source"),
    Table(
        "DetentionMandate",
        Person("custody__person"),
        legal="""id custody kind court case_number issued_on received_on term_ends_on lifted_on lift_kind
            lift_reason""",
    ),
    Table(
        "Sentence",
        Person("custody__person"),
        legal="""id custody court case_number issued_on finality final_on penalty years months days effect starts_on
            relation after day_fines civil_reparation state ended_on end_reason replaced_by""",
    ),
    Table("SentenceOffence", Person("sentence__custody__person"), legal="id sentence offence attempt"),
    Table(
        "DetentionCredit",
        Person("sentence__custody__person"),
        legal="id sentence starts_on ends_on source withdrawn_on withdraw_reason",
    ),
    Table(
        "JudicialStatus",
        Person("custody__person"),
        legal="id custody kind declared court case_number declared_on ended_on end_reason",
    ),
    # Files and sensitive facts ----------------------------------------------------------------------------------------
    Table(
        "Document",
        Person("person"),
        PlaceCode("place", kept=True),
        confidential="""id person custody kind access title dated_on version replaces sha256 size media label place
            uploaded_by_id uploaded_by uploaded_at withdrawn_on withdrawn_reason corrects""",
        internal="seal_id",
    ),
    Table(
        "ProtectedFact",
        Person("person"),
        confidential="id person valid_from valid_to source recorded_by recorded_at annulled_reason",
        health="kind said",  # `kind` is only what was asked: clear, for «one open answer to each»; `said` is sealed
        internal="seal_id",
    ),
    Table(
        "BiometricReference",
        Person("person"),
        confidential="""id person system kind reference taken_on quality recorded_by recorded_at annulled_on
            annulled_reason""",
    ),
    Table(
        "RightsRequest",
        Person("person"),
        confidential="""id person year number kind asker asker_name what evidence received_on due_on state assigned_to
            answered_on answer answer_entry""",
        internal="seal_id",
    ),
    # One person, two records ------------------------------------------------------------------------------------------
    Table(
        "DuplicatePair",
        Person("first", known=True),
        Person("second", known=True),
        confidential="""id first second score clause reasons evidence found_on proposed_by state decided_on decided_by
            reason""",
    ),
    Table(
        "Merge",
        Person("into", known=True),
        Person("duplicate", known=True),
        confidential="id duplicate into by at on reason memory undone_at undone_by undone_reason",
    ),
)
