"""From which network address a request came, where proxies stand before the server."""

from collections.abc import Mapping
from ipaddress import ip_address

from django.conf import settings

FORWARDED = "HTTP_X_FORWARDED_FOR"


def client_address(meta: Mapping[str, str]) -> str | None:
    """Give the client's address; None where there is none, as behind a socket.

    Each of ``settings.PROXIES`` appends whom it heard. What stands before that was written by the
    client, who may write anything. Without the header nobody stood between.
    """
    heard = meta.get("REMOTE_ADDR", "")
    if settings.PROXIES and (forwarded := meta.get(FORWARDED)):
        addresses = forwarded.split(",")
        heard = addresses[-min(settings.PROXIES, len(addresses))].strip()
    try:
        return str(ip_address(heard))
    except ValueError:
        return None


def is_loopback(address: str | None) -> bool:
    """Tell whether somebody asks from this very machine."""
    return address is not None and ip_address(address).is_loopback
