"""The web application for the server (Granian)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "creo.site.settings")
application = get_wsgi_application()
