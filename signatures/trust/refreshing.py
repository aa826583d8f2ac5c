"""Fetching the trusted lists once a day, and making proposals of what they tell.

What is fetched is kept raw. Nothing of it counts before one operator has proposed it and another
has approved it: a list is evidence, and who is trusted is decided by people. What a list takes back
is drawn up for them.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from procurement.actors import system_actor
from procurement.locks import held
from procurement.refusals import BadInput, Refusal
from procurement.texts import Text
from signatures.actions.lists import draw_up, keep_lists
from signatures.models import ListRound
from signatures.pdf.services import Service
from signatures.queries_trust import (
    certificates_of,
    current_version,
    late_lists,
    newest_lists,
)
from signatures.rules.trust import WHOLE, Change, addresses_of, key_of
from signatures.trust.fetching import Fetcher, NotFetched
from signatures.trust.lists import (
    LARGEST_LIST,
    ListRefused,
    Pointer,
    SignedList,
    pointers,
    proposed,
    refuse_replay,
    services,
    signed_list,
)
from signatures.trust.withdrawing import told_otherwise

_log = logging.getLogger(__name__)
EVERY = timedelta(days=1)
Doors = Callable[..., Fetcher]
_LOCK = "trusted lists"
_NO_FILE = Text("there is no such file", "没有该文件")
_NOT_NAMED = Text("the list of the lists does not name it", "列表之列表中没有该列表")
_NO_SIGNERS = Text(
    "Name a PEM file with the certificates that sign the list of the lists",
    "请提供签署列表之列表的证书（PEM 文件）",
)


def due(*, now: datetime) -> None:
    """Fetch the lists once a day, where an address is set; a list that is amiss stops no other."""
    if not settings.LOTL_URL:
        return
    last = ListRound.objects.order_by("-at").first()
    if last is None or now - last.at >= EVERY:
        with held(_LOCK) as free:
            if free:
                refresh(now=now)


def refresh(*, now: datetime, fetcher: Doors = Fetcher) -> ListRound:
    """Fetch the list of the lists and those of the countries that count, and keep what is new.

    What does not come, is not signed as it has to be, or is older than what is known, is written
    down and changes nothing. What a list tells otherwise than the version in force is drawn up.
    """
    kept: list[SignedList] = []
    failed: dict[str, str] = {}
    changes: list[Change] = []
    known: tuple[Pointer, ...] = ()
    before = newest_lists()

    def taken(territory: str, address: str, signers: Iterable[bytes]) -> SignedList:
        xml = _fetch(fetcher, address)
        grace = settings.TRUSTED_LIST_GRACE
        one = signed_list(xml, territory, signers, at=now, grace=grace, address=address)
        refuse_replay(one, before.get(territory))
        return one

    with _failing(failed, WHOLE):
        whole = taken(WHOLE, settings.LOTL_URL, pinned(settings.LOTL_SIGNERS))
        known = pointers(whole)
        kept.append(whole)
    for name in settings.TRUSTED_TERRITORIES if kept else ():
        with _failing(failed, name):
            for pointer in _wanted(known, [name]):
                one = taken(name, pointer.address, pointer.signers)
                changes += _told_otherwise(one)
                kept.append(one)
    made = keep_lists(lists=kept, failed=failed, by=system_actor(), now=now)
    draw_up(changes=changes, lists=kept[1:], by=system_actor(), now=now)
    for late in late_lists(now):
        _log.error("The trusted list %s was to be replaced by %s", late.territory, late.next_update)
    return made


def brought(
    whole: bytes,
    lists: Mapping[str, bytes],
    signers: Iterable[bytes],
    territories: Iterable[str],
    *,
    at: datetime,
) -> tuple[list[SignedList], list[Change]]:
    """Verify lists that were brought as files, by territory; give them, and what they propose.

    :raises ListRefused: when one is not signed as it has to be, or is missing.
    """
    grace = settings.TRUSTED_LIST_GRACE
    changes: list[Change] = []
    kept = [signed_list(whole, WHOLE, signers, at=at, grace=grace)]
    for pointer in _wanted(pointers(kept[0]), territories):
        name = pointer.territory
        if name not in lists:
            raise ListRefused(what=name, why=_NO_FILE)
        one = signed_list(lists[name], name, pointer.signers, at=at, grace=grace)
        found = services(one)
        said = {change.key: change for change in proposed(found)}
        said |= {change.key: change for change in _told_otherwise(one, found)}
        changes += said.values()
        kept.append(one)
    return kept, changes


def differing(changes: Iterable[Change]) -> list[Change]:
    """Leave out what the version in force says already; addresses given before stay."""
    version = current_version()
    entries: dict[tuple[str, str], dict[str, Any]] = (
        {key_of(entry): entry for entry in version.entries} if version else {}
    )
    merged = [_with_addresses(change, entries.get(change.key)) for change in changes]
    return [change for change in merged if change.entry() != entries.get(change.key)]


def removed(names: Iterable[tuple[str, str]]) -> list[Change]:
    """Make changes that remove entries of the version in force, by digest and purpose."""
    version = current_version()
    held_now = certificates_of(version) if version else {}
    return [
        Change(certificate=held_now[name].der if name in held_now else b"", purpose=purpose,
               remove=True)
        for name, purpose in names
    ]  # fmt: skip


def pinned(file: str | Path) -> list[bytes]:
    """Read the certificates that may sign the list of the lists.

    :raises BadInput: when there are none.
    """
    try:
        found = x509.load_pem_x509_certificates(Path(file).read_bytes())
    except (OSError, ValueError):
        raise BadInput(_NO_SIGNERS) from None
    return [one.public_bytes(Encoding.DER) for one in found]


def _told_otherwise(
    one: SignedList, found: Iterable[tuple[bytes, Service]] | None = None
) -> list[Change]:
    version = current_version()
    if version is None:
        return []
    ders = {name: held.der for name, held in certificates_of(version).items()}
    said = services(one) if found is None else found
    return [*told_otherwise(one, said, version.entries, ders)]


@contextmanager
def _failing(failed: dict[str, str], territory: str) -> Iterator[None]:
    """Write down why a list is not taken, and go on."""
    try:
        yield
    except NotFetched as away:
        failed[territory] = str(away)
    except Refusal as refused:
        failed[territory] = refused.said("en")


def _wanted(known: Iterable[Pointer], territories: Iterable[str]) -> list[Pointer]:
    names = set(territories)
    found = [one for one in known if one.territory in names]
    for name in sorted(names - {one.territory for one in found}):
        raise ListRefused(what=name, why=_NOT_NAMED)
    return found


def _fetch(fetcher: Doors, url: str) -> bytes:
    doors = fetcher({url}, largest=LARGEST_LIST, private=settings.REVOCATION_PRIVATE)
    return doors.get(url)


def _with_addresses(change: Change, entry: dict[str, Any] | None) -> Change:
    if entry is None or change.addresses:
        return change
    return replace(change, addresses=addresses_of(entry))
