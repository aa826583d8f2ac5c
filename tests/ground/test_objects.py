"""The protocol's objects are stored once, by their hash, and never change."""

from typing import Any

import pytest

from procurement.models import ProtocolObject
from procurement.objects import fetch, store
from procurement.proof.canonical import JSON, NotCanonical, canonical, digest
from procurement.refusals import Conflict, NotFound
from tests.ground.making import NOW

pytestmark = pytest.mark.django_db
NOTICE: dict[str, JSON] = {"type": "daylight/notice/v1", "title": "桥", "version": 1}


def test_an_object_is_found_by_the_hash_of_its_canonical_text() -> None:
    found = fetch(store(NOTICE, tender=None, at=NOW))

    assert found.digest == digest(NOTICE)
    assert found.value == NOTICE
    assert found.body == canonical(NOTICE)
    assert (found.kind, found.note, found.restricted) == ("daylight/notice/v1", None, False)


def test_storing_again_changes_nothing() -> None:
    store(NOTICE, tender=None, at=NOW)
    store(dict(reversed(NOTICE.items())), tender=None, at=NOW, restricted=True)

    assert ProtocolObject.objects.count() == 1
    assert not fetch(digest(NOTICE)).restricted


def test_a_note_may_join_later_but_never_replace_another() -> None:
    found = store(NOTICE, tender=None, at=NOW)
    store(NOTICE, tender=None, at=NOW, note=b"one\n")
    store(NOTICE, tender=None, at=NOW, note=b"one\n")
    store(NOTICE, tender=None, at=NOW)

    assert fetch(found).note == b"one\n"
    with pytest.raises(Conflict):
        store(NOTICE, tender=None, at=NOW, note=b"two\n")


@pytest.mark.parametrize("kind", [None, 3, "notice", "daylight/Notice/v1", "daylight/notice/v0"])
def test_only_objects_of_the_protocol_are_stored(kind: Any) -> None:
    with pytest.raises(ValueError, match="not the type"):
        store({"type": kind}, tender=None, at=NOW)


def test_what_has_no_canonical_form_is_not_stored() -> None:
    with pytest.raises(NotCanonical):
        store({"type": "daylight/notice/v1", "share": 0.5}, tender=None, at=NOW)  # type: ignore[dict-item]


@pytest.mark.parametrize("name", ["", "0" * 64, "../etc/passwd"])
def test_what_was_never_stored_is_not_found(name: str) -> None:
    with pytest.raises(NotFound):
        fetch(name)
