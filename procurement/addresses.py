"""From which network address a request came, where proxies stand before the server."""

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings

FORWARDED = "HTTP_X_FORWARDED_FOR"
SITE_BITS = 64  # of an IPv6 address: whoever has one has all that share these (RFC 6177)


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


def site_of(address: str) -> str:
    """Give an IPv4 address as it is, of an IPv6 address the part that stands for one site."""
    try:
        found = ip_address(address)
    except ValueError:  # a socket has no address, and a proxy may write anything
        return address[:64]
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network((found, SITE_BITS), strict=False))
    return address


def is_loopback(address: str | None) -> bool:
    """Tell whether somebody asks from this very machine."""
    return address is not None and ip_address(address).is_loopback
