"""What a web server runs.

It refuses to start on a database whose own rules are not in force, and on settings that name what
is not there.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "procurement.settings")
application = get_wsgi_application()

from procurement.dotted import check_all  # noqa: E402 - these need the applications above
from procurement.triggers import check_installed  # noqa: E402

check_all()
check_installed()
