"""What the database itself refuses of approvals, whoever asks and however (OWASP ASVS 2.3.5, `security.md` S7).

Who proposed never decides: the maker that stands in a decision is the proposal's own, which never changes. A decision
is of the present tier of what is proposed now; what was decided stays; approved is what every tier approved.
"""

from __future__ import annotations

from creo.support.ledger.guards import Guard

APPEND_ONLY = ("approvals_revision", "approvals_decision")

_FIXED = ("id", "act", "subject_kind", "subject_code", "place", "made_by_id", "made_at")
_PROPOSAL = "SELECT 1 FROM approvals_proposal p WHERE p.id = NEW.proposal_id"
_DECIDED = "SELECT 1 FROM approvals_revision r JOIN approvals_proposal p ON p.id = r.proposal_id"
_APPROVALS = (
    "SELECT count(*) FROM approvals_decision d JOIN approvals_revision r ON r.id = d.revision_id"
    " WHERE r.proposal_id = NEW.id AND r.number = NEW.revision AND d.kind = 'approved' AND d.digest = NEW.digest"
)

GUARDS = (
    Guard(
        "approvals_proposal",
        "proposal_begins",
        "INSERT",
        "NEW.state <> 'proposed' OR NEW.revision <> 1 OR NEW.tier <> 1"
        " OR EXISTS (SELECT 1 FROM approvals_proposal p WHERE p.id = NEW.id)",
        "Una propuesta empieza por decidir, en su primer nivel, y no se escribe sobre otra.",
    ),
    Guard(
        "approvals_proposal",
        "proposal_fixed",
        "UPDATE",
        "OLD.closed_at IS NOT NULL OR "
        + " OR ".join(f"NEW.{name} <> OLD.{name}" for name in _FIXED)
        + " OR (NEW.revision = OLD.revision AND (NEW.tiers <> OLD.tiers OR NEW.digest <> OLD.digest))"
        " OR NEW.revision < OLD.revision OR (NEW.revision = OLD.revision AND NEW.tier < OLD.tier)",
        "Quién propuso y qué propuso no se modifica; lo cerrado no se reabre.",
    ),
    Guard(
        "approvals_proposal",
        "proposal_approved",
        "UPDATE",
        f"NEW.tier > OLD.tier AND ({_APPROVALS}) < NEW.tier - 1"
        f" OR NEW.state = 'approved' AND ({_APPROVALS}) < NEW.tiers",
        "Una propuesta pasa de nivel, y se aprueba, cuando cada nivel la aprobó.",
    ),
    Guard(
        "approvals_proposal",
        "proposal_stays",
        "DELETE",
        "OLD.id IS NOT NULL",
        "Una propuesta no se borra.",
    ),
    Guard(
        "approvals_revision",
        "revision_maker",
        "INSERT",
        f"NOT EXISTS ({_PROPOSAL} AND p.made_by_id = NEW.made_by_id AND p.revision = NEW.number"
        " AND p.digest = NEW.digest AND p.state = 'proposed')"
        " OR EXISTS (SELECT 1 FROM approvals_revision r WHERE r.proposal_id = NEW.proposal_id"
        " AND r.number >= NEW.number OR r.id = NEW.id)",
        "Una revisión es la siguiente de su propuesta, y de quien la propuso.",
    ),
    Guard(
        "approvals_decision",
        "decision_maker",
        "INSERT",
        f"NOT EXISTS ({_DECIDED} WHERE r.id = NEW.revision_id AND p.made_by_id = NEW.made_by_id"
        " AND r.number = p.revision AND r.digest = NEW.digest AND p.digest = NEW.digest"
        " AND p.tier = NEW.tier AND p.state = 'proposed')"
        " OR EXISTS (SELECT 1 FROM approvals_decision d WHERE d.id = NEW.id OR d.revision_id = NEW.revision_id"
        " AND (d.tier = NEW.tier OR d.decided_by_id = NEW.decided_by_id"
        " OR COALESCE(d.on_behalf_of_id, d.decided_by_id) = COALESCE(NEW.on_behalf_of_id, NEW.decided_by_id)))",
        "Una decisión es del nivel presente de lo propuesto ahora, y dice quién lo propuso.",
    ),
)
