"""What a web server runs.

It refuses to start on a database whose own rules are not in force, and on settings that name what
is not there. In production it also refuses a place that is not fit for it, such as a vault from
which somebody could take a bid away (tried once for all workers with ``gunicorn --preload``).
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "procurement.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - these need the applications above
from django.db import connections  # noqa: E402

from procurement.clock import now  # noqa: E402, TID251 - the start of a server is an edge
from procurement.dotted import check_all  # noqa: E402
from procurement.production import refuse_unless_fit  # noqa: E402
from procurement.triggers import check_installed  # noqa: E402

check_all()
check_installed()
if settings.PRODUCTION:
    refuse_unless_fit(now())
connections.close_all()  # workers that are forked from here must not share a connection
