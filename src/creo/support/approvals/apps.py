from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Proposals, their revisions and decisions, and who decides in whose place."""

    name = "creo.support.approvals"
    label = "approvals"
