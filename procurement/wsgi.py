"""What a web server runs.

It refuses to start on a database whose own rules are not in force, and on settings that name what
is not there. In production it also refuses a place that is not fit for it, such as a vault from
which somebody could take a bid away (tried once for all workers with ``gunicorn --preload``).
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "procurement.settings")
application = get_wsgi_application()

from django.db import connections  # noqa: E402 - these need the applications above

from procurement.clock import now  # noqa: E402, TID251 - the start of a server is an edge
from procurement.starting import make_sure  # noqa: E402

make_sure(now())
connections.close_all()  # workers that are forked from here must not share a connection
