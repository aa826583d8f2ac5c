"""What a web server runs. It refuses to start on a database whose own rules are not in force."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "procurement.settings")
application = get_wsgi_application()

from procurement.triggers import check_installed  # noqa: E402 - needs the applications above

check_installed()
