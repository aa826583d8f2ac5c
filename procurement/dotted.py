"""Finding what settings name by dotted strings; a name that leads nowhere is an error."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

LISTS = (
    *("DUE", "OUTBOX_HANDLERS", "WAITING", "DOCS", "TRIGGERS", "CONSTRAINT_REFUSALS", "WARM"),
    *("SEALING", "TRUSTING", "WATCHED"),
    "SIGNED_FILES",
)


def check_all() -> None:
    """Let a server start only when every name in the settings leads somewhere.

    :raises ImproperlyConfigured: naming the first that does not.
    """
    for names in LISTS:
        found(getattr(settings, names))


def found(names: Iterable[str]) -> list[Any]:
    """Import every name.

    :raises ImproperlyConfigured: naming the first that leads nowhere.
    """
    things = []
    for name in names:
        try:
            things.append(import_string(name))
        except ImportError as error:
            raise ImproperlyConfigured(f"The settings name {name}: {error}") from error
    return things
