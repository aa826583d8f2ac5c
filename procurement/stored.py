"""The vault that this installation uses, opened once."""

from functools import cache

from django.conf import settings

from procurement.vault import Vault, open_vault


def vault() -> Vault:
    """Give the vault that ``settings.VAULT`` names now: tests move it, a server never does."""
    return _opened(settings.VAULT)


@cache
def _opened(url: str) -> Vault:
    return open_vault(url)
