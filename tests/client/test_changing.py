"""An officer signs what changes after the publication, knowing what differs (requirement B18)."""

from datetime import timedelta

import pytest

from procurement.proof.instants import format_instant
from tenders.models import Change, ChangeState, Tender
from tests.client.live import Live
from tests.client.stage import PASSPHRASE, Stage
from tests.signing import Trust
from tests.tenders import changing
from tests.world import published_tender

HOUR = timedelta(hours=1)


@pytest.fixture
def running(live: Live, _trust: Trust, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A published tender that nobody else needs."""
    stage = Stage.set_up(live, tmp_path_factory.mktemp("changing"), _trust)
    with stage.acting() as world:
        stage.tender = str(published_tender(world, closes_in=HOUR).pk)
    stage.until(stage.in_the_log, what="the notice in the log")
    return stage


def signing(stage: Stage, key: str = "agency") -> tuple[object, ...]:
    return ("--agency-key", stage.key(key), "--anchors", stage.anchors)


def paper_key(stage: Stage) -> tuple[object, ...]:
    officer = stage.person("officer")
    key, passphrase = officer.folder / "officer.p12", officer.folder / "passphrase"
    key.write_bytes(stage.world.credentials["agency"].pkcs12(PASSPHRASE))
    passphrase.write_text(PASSPHRASE)
    return ("--key", key, "--passphrase-file", passphrase)


def test_a_later_deadline_is_signed_decided_and_then_a_new_notice_published(
    running: Stage,
) -> None:
    with running.acting():
        closes_at = Tender.objects.get(pk=running.tender).closes_at
    officer = running.person("officer")
    asked = ("extend", running.tender, "--cause", "The site visit was moved", *signing(running))

    earlier = officer.refused(*asked, "--until", format_instant(closes_at - HOUR))
    first = officer.done(*asked, "--until", format_instant(closes_at + HOUR / 2))
    signed = officer.done(
        *asked, "--until", format_instant(closes_at + HOUR), "--instead-of", first["change"]
    )

    assert earlier == "does-not-follow"
    assert signed["proposed"] is True
    assert (signed["change"], signed["revision"]) == (first["change"], 2)
    with running.acting() as world:
        change = Change.objects.get(pk=signed["change"])
        assert change.state == ChangeState.IN_APPROVAL
        changing.decided(world, change)
        tender = Tender.objects.get(pk=running.tender)
        assert tender.closes_at == closes_at + HOUR
        items = [{"lot": "lot-1", "id": "chairs", "quantity": "12"}]
        amendment = changing.approved(world, changing.drafted(world, tender, items=items))
    running.until(running.in_the_log, what="the extension in the log")

    shown = officer.done("amend", amendment.pk, *signing(running), "--show-only")
    made = officer.done("amend", amendment.pk, *signing(running), *paper_key(running))

    assert (shown["published"], made["published"], made["version"]) == (False, True, 2)
    paths = [one["path"] for one in shown["differences"]]
    assert "/response_form/prices/lot-1/items/chairs/quantity" in paths
    with running.acting():
        assert Tender.objects.get(pk=running.tender).notice == made["notice"]
