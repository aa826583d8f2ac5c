"""What every process of a server makes sure of before it begins its work."""

from datetime import datetime

from django.conf import settings

from procurement.dotted import check_all
from procurement.production import refuse_unless_fit
from procurement.triggers import check_installed


def make_sure(now: datetime) -> None:
    """Let a process start only on settings that lead somewhere and a database with its rules.

    In production it also refuses a place that is not fit for it, such as a vault from which
    somebody could take a bid away.

    :raises ImproperlyConfigured: with every reason.
    """
    check_all()
    check_installed()
    if settings.PRODUCTION:
        refuse_unless_fit(now)
