"""Every act that the house records, for people: the ledger, a person's acts and the announcements say the same."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from creo.register.rules import OWN_ACT_WORDS

ACT_WORDS: dict[str, Any] = {
    # what somebody's own file tells them of their record
    **{act: _(OWN_ACT_WORDS[act]) for act in OWN_ACT_WORDS if act},
    # what is announced to later chapters
    "register.person_admitted": _("Ingreso"),
    "register.person_transferred": _("Traslado"),
    "register.person_released": _("Egreso"),
    "register.person_escaped": _("Fuga"),
    "register.death_recorded": _("Fallecimiento"),
    "register.movement_annulled": _("Anulación de un movimiento"),
    "register.identity_corrected": _("Corrección de identidad"),
    "register.identity_confirmed": _("Confirmación de identidad"),
    "register.main_offence_set": _("Cambio del delito principal"),
    "register.offences_changed": _("Cambio de los delitos"),
    "register.legal_status_set": _("Cambio de la situación jurídica"),
    "register.security_facts_set": _("Cambio de los datos de seguridad"),
    "register.people_merged": _("Unión de fichas"),
    "register.people_unmerged": _("Separación de fichas"),
    # the register's other acts
    "register.catalogue_exported": _("Catálogo de delitos descargado"),
    "register.duplicates_checked": _("Posibles duplicados de la ficha buscados"),
    "register.duplicates_exported": _("Lista de posibles duplicados descargada"),
    "register.duplicates_searched": _("Posibles duplicados buscados"),
    "register.files_swept": _("Archivos sin ficha retirados"),
    "register.law_loaded": _("Datos jurídicos incorporados al registro"),
    "register.movements_exported": _("Lista de movimientos descargada"),
    "register.names_indexed": _("Nombres preparados para la búsqueda"),
    "register.offence_added": _("Delito agregado al catálogo"),
    "register.offence_aliases_changed": _("Títulos de un delito cambiados"),
    "register.offence_family_changed": _("Familia de un delito cambiada"),
    "register.offence_validity_changed": _("Vigencia de un delito cambiada"),
    "register.offences_loaded": _("Catálogo de delitos incorporado"),
    "register.people_exported": _("Lista de personas descargada"),
    "register.requests_exported": _("Lista de solicitudes descargada"),
    # the other chapters
    "programme.design_loaded": _("Diseño del programa incorporado"),
    "programme.design_put_in_force": _("Diseño puesto en vigencia"),
    "programme.design_retired": _("Diseño retirado"),
    "programme.draft_changed": _("Borrador del diseño modificado"),
    "programme.draft_discarded": _("Borrador del diseño descartado"),
    "programme.draft_started": _("Borrador del diseño iniciado"),
    "targeting.people_exported": _("Lista de focalización descargada"),
    "targeting.run_checked": _("Corrida de focalización comprobada"),
    "targeting.run_stored": _("Corrida de focalización guardada"),
    "territory.capacity_changed": _("Capacidad registrada"),
    "territory.facility_opened": _("Establecimiento registrado"),
    "territory.pavilion_closed": _("Pabellón cerrado"),
    "territory.pavilion_opened": _("Pabellón registrado"),
    "territory.reference_loaded": _("Datos de referencia incorporados"),
    # what serves them all
    "accounts.demo_made": _("Cuentas de demostración creadas"),
    "announcements.dropped": _("Entrega descartada"),
    "announcements.list_exported": _("Lista de la bandeja o de entregas descargada"),
    "announcements.retried": _("Entrega intentada de nuevo"),
    "api.key_created": _("Clave de la API creada"),
    "api.key_revoked": _("Clave de la API revocada"),
    "imports.applied": _("Importación aplicada"),
    "imports.cancelled": _("Importación descartada"),
    "imports.checked": _("Importación revisada"),
    "imports.differences_downloaded": _("Diferencias de la importación descargadas"),
    "imports.errors_downloaded": _("Errores de la importación descargados"),
    "imports.mapping_chosen": _("Correspondencia de columnas elegida"),
    "imports.mapping_ended": _("Correspondencia de columnas terminada"),
    "imports.mapping_saved": _("Correspondencia de columnas guardada"),
    "imports.stopped": _("Importación detenida"),
    "imports.uploaded": _("Archivo de importación subido"),
    "inbox.closed": _("Asunto de la bandeja cerrado por el sistema"),
    "inbox.decided": _("Asunto de la bandeja decidido"),
    "inbox.opened": _("Asunto puesto en la bandeja"),
    "inbox.reopened": _("Asunto de la bandeja abierto de nuevo"),
    "jobs.started": _("Trabajo iniciado"),
    "quality.exception_granted": _("Excepción de calidad concedida"),
    "quality.exception_revoked": _("Excepción de calidad retirada"),
    "quality.exported": _("Lista de hallazgos descargada"),
    "quality.limits_set": _("Límites de una revisión fijados"),
    "quality.run": _("Revisión de la calidad de los datos"),
}
