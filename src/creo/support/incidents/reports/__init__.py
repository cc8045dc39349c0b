"""The notification of an incident, ready to send: a tagged PDF (Typst) and the same as JSON."""

from creo.support.incidents.reports.notification import notification_data, notification_json, notification_pdf

__all__ = ["notification_data", "notification_json", "notification_pdf"]
