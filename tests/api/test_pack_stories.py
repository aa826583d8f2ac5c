"""One tender under each real law, over the interface, from the plan line to the opened bids.

The dates were counted by hand with a calendar on the wall; the interface has to say the same.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_django.fixtures import Settings

from procurement.journal.sequencer import tick
from procurement.models import Organisation
from procurement.proof.instants import format_instant
from procurement.rules.declaration import NEEDED
from tenders.models import Tender
from tests.api.test_tenders import Caller, body, lot, publication
from tests.bidding import opened
from tests.bidding.filing import seal_offer
from tests.signing import Trust
from tests.world import HOLDERS, OPENERS, Company, World, _holder_key, rehearse

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Law:
    """A regime, the instant of publication, and what a clerk counted on the wall."""

    pack: str
    country: str
    zone: ZoneInfo
    published_at: datetime
    earliest: datetime
    rule: str
    source: str
    rolled_over: tuple[str, ...]
    bidders: int
    currency: str = "CNY"
    more: Mapping[str, Any] = field(default_factory=dict)


GOVERNMENT_PROCUREMENT = Law(
    # Twenty days after Tuesday 27 January end on Monday 16 February, in the Spring Festival, whose
    # last day off is Monday the 23rd. So suppliers have all of Tuesday the 24th.
    pack="cn-gp",
    country="CN",
    zone=SHANGHAI,
    published_at=datetime(2026, 1, 27, 10, tzinfo=SHANGHAI),
    earliest=datetime(2026, 2, 25, tzinfo=SHANGHAI),
    rule="bid_period",
    source="Government Procurement Law (政府采购法), art. 35",
    rolled_over=tuple(f"2026-02-{day}" for day in range(16, 24)),
    bidders=3,
)
BIDDING_LAW = Law(
    # Twenty days after Friday 11 September end on 1 October; National Day lasts to the 7th.
    # Sunday 20 September is worked and changes nothing: these are calendar days.
    pack="cn-bidding",
    country="CN",
    zone=SHANGHAI,
    published_at=datetime(2026, 9, 11, 10, tzinfo=SHANGHAI),
    earliest=datetime(2026, 10, 9, tzinfo=SHANGHAI),
    rule="bid_period",
    source="Bidding Law (招标投标法), art. 24",
    rolled_over=tuple(f"2026-10-0{day}" for day in range(1, 8)),
    bidders=3,
)
DIRECTIVE = Law(
    # Thirty days after Thursday 26 February end on Saturday 28 March, so on Monday the 30th, and in
    # the night between the clocks go forward: the day ends at 22:00 UTC and no longer at 23:00.
    pack="eu-2014-24",
    country="DE",
    zone=BERLIN,
    published_at=datetime(2026, 2, 26, 10, tzinfo=BERLIN),
    earliest=datetime(2026, 3, 31, tzinfo=BERLIN),
    rule="bid_period/e-submission",
    source="Directive 2014/24/EU, art. 27(4)",
    rolled_over=("2026-03-28", "2026-03-29"),
    bidders=1,
    currency="EUR",
    more={"reductions": ["e-submission"]},
)


@pytest.fixture
def begin(
    fresh_database: str, trust: Trust, tmp_path: Path, settings: Settings
) -> Callable[[Law], World]:
    """Let a world begin on the day of publication, with the agency in its country."""

    def begun(law: Law) -> World:
        world = World.at_first(trust, law.published_at).wound(tmp_path, settings)
        there = {"country": law.country, "time_zone": str(law.zone)}
        Organisation.objects.filter(pk=world.agency.pk).update(**there)
        return world

    return begun


@pytest.mark.parametrize(
    "law",
    [
        pytest.param(GOVERNMENT_PROCUREMENT, id="China, Government Procurement Law"),
        pytest.param(BIDDING_LAW, id="China, Bidding Law"),
        pytest.param(DIRECTIVE, id="European Union, Directive 2014/24"),
    ],
)
def test_a_tender_under_a_real_law_from_the_plan_to_the_opening(
    begin: Callable[[Law], World], law: Law
) -> None:
    """Requirement A1, B14, D28, E42, F45, F47, F49."""
    world = begin(law)
    at = draft(world, law, closes_at=law.earliest - timedelta(seconds=1))
    seat(world, at)
    officer = Caller(world, "officer")

    refused = officer("POST", f"{at}/approval-request")
    officer("PATCH", at, {"closes_at": format_instant(law.earliest)})
    taken = officer("POST", f"{at}/approval-request")

    (fault,) = refused.json()["errors"]
    assert (refused.status_code, fault["code"]) == (409, "bid-period-too-short")
    for said in (law.source, law.rule, f"{law.earliest:%Y-%m-%d %H:%M:%S} {law.zone}"):
        assert said in fault["detail"]
    assert taken.status_code == 200, taken.json()

    publish(world, at)
    told = Caller(world, None)("GET", f"{at}/timetable").json()
    found = next(one for one in told["dates"] if one["name"] == "earliest_deadline")
    assert datetime.fromisoformat(found["at"]) == law.earliest
    assert tuple(day["date"] for day in found["trace"]["rolled"]) == law.rolled_over
    assert found["provisional"] is False

    for supplier, price in zip(world.suppliers[: law.bidders], ("12.50", "11.00", "13.10"),
                               strict=False):  # fmt: skip
        declare(world, supplier)
        file(world, at, supplier, price)
    assert Caller(world, "officer")("POST", f"{at}/opening").status_code in (403, 409)
    announced = open_all(world, at)

    assert len(announced["bids"]) == law.bidders
    assert announced["state"] == "minuted"
    row = Tender.objects.get(pk=at.removeprefix("tenders/"))
    assert (row.pack_name, row.pack_version) == (law.pack, 1)


@pytest.mark.parametrize("law", [GOVERNMENT_PROCUREMENT, BIDDING_LAW], ids=lambda law: law.pack)
def test_with_two_bidders_nothing_is_opened_in_china(
    begin: Callable[[Law], World], law: Law
) -> None:
    """Requirement F49: the minimum is applied before anything is decrypted; BR44, O87-41."""
    world = begin(law)
    at = draft(world, law, closes_at=law.earliest)
    seat(world, at)
    assert Caller(world, "officer")("POST", f"{at}/approval-request").status_code == 200
    publish(world, at)
    for supplier, price in zip(world.suppliers[:2], ("12.50", "11.00"), strict=True):
        file(world, at, supplier, price)

    opened.close(world, Tender.objects.get(pk=at.removeprefix("tenders/")))

    shown = Caller(world, None)("GET", at).json()
    assert shown["state"] == "unsuccessful"
    for what in ("opening/presence", "opening"):
        refused = Caller(world, opened.PRESENT[0])("POST", f"{at}/{what}")
        assert (refused.status_code, refused.json()["code"]) == (409, "nothing-to-open")


def draft(world: World, law: Law, *, closes_at: datetime) -> str:
    """Plan, draft and declare; give the tender's address."""
    officer = Caller(world, "officer")
    planned = officer("POST", "plan-lines", {
        "agency": str(world.agency.pk),
        "title": {"en": "Chairs", "zh": "椅子"},
        "budget": {"amount": "50000.00", "currency": law.currency},
    })  # fmt: skip
    sent = body(
        world,
        plan_line=planned.json()["id"],
        pack=law.pack,
        closes_at=format_instant(closes_at),
        currency=law.currency,
        lots=[lot()],
        **law.more,
    )
    drafted = officer("POST", "tenders", sent)
    assert drafted.status_code == 201, drafted.json()
    at = f"tenders/{drafted.json()['id']}"
    for who in ("officer", *OPENERS):
        said = {"conflict": False, "statement": ""}
        assert Caller(world, who)("POST", f"{at}/interests", said).status_code == 201
    return at


def seat(world: World, at: str) -> None:
    """Appoint a panel, hand in keys, draw up the keyset, rehearse."""
    officer, tender = Caller(world, "officer"), at.removeprefix("tenders/")
    people = {name: str(world.people[name].pk) for name in HOLDERS}
    officer("PUT", f"{at}/panel", {
        "k": 2,
        "openers": [people[name] for name in OPENERS],
        "timekeeper": people["timekeeper"],
        "escrow": [people["escrow-a"], people["escrow-b"]],
    })  # fmt: skip
    row = Tender.objects.get(pk=tender)
    kept = world.holders.setdefault(row.pk, {})
    for holder in HOLDERS:
        kept[holder] = _holder_key(world, row, holder)
        public = kept[holder].public()
        keys = {"recipient": str(public.recipient), "verifier": public.verifier}
        assert Caller(world, holder)("POST", f"{at}/panel/keys", keys).status_code in (200, 201)
    assert officer("POST", f"{at}/panel/keyset").status_code in (200, 201)
    rehearse(world, row)


def publish(world: World, at: str) -> None:
    """Let two people approve, sign and publish."""
    for kind in ("legal", "finance"):
        said = {"kind": kind, "approved": True, "comment": ""}
        assert Caller(world, kind)("POST", f"{at}/approvals", said).status_code == 201
    tender = Tender.objects.get(pk=at.removeprefix("tenders/"))
    done = Caller(world, "officer")("POST", f"{at}/publication", publication(world, tender))
    assert done.status_code == 201, done.json()
    tick(world.now)


def declare(world: World, supplier: Company) -> None:
    """Declare what a law may ask of every bidder (requirement C26)."""
    name = f"signer of {supplier.organisation.pk}"
    world.people[name] = supplier.signer
    said = {
        "statements": sorted(NEEDED),
        "valid_until": format_instant(world.now + timedelta(days=300)),
    }
    where = f"suppliers/{supplier.organisation.pk}/declarations"
    assert Caller(world, name)("POST", where, said).status_code == 201


def file(world: World, at: str, supplier: Company, price: str) -> None:
    """Seal, upload, prepare, sign and submit."""
    name = f"signer of {supplier.organisation.pk}"
    world.people[name] = supplier.signer
    signer = Caller(world, name)
    sealed = seal_offer(world, Tender.objects.get(pk=at.removeprefix("tenders/")), supplier, price)
    begun = signer("POST", f"{at}/envelopes", {
        "supplier": str(supplier.organisation.pk), "manifest": sealed.manifest.to_json(),
    }).json()  # fmt: skip
    for part, data in sealed.parts().items():
        digest = {"Content-SHA256": hashlib.sha256(data).hexdigest()}
        where = f"envelopes/{begun['id']}/parts/{part}"
        signer("PUT", where, data, media_type="application/octet-stream", **digest)
    assert signer("POST", f"envelopes/{begun['id']}/completion").status_code == 200
    prepared = signer("POST", f"{at}/bids", {
        "supplier": str(supplier.organisation.pk),
        "lot": "lot-1",
        "envelopes": {"offer": sealed.manifest.digest()},
    }).json()  # fmt: skip
    form = signer("GET", f"bids/{prepared['id']}/form.pdf")
    pdf = b"".join(form.streaming_content) if form.streaming else form.content
    signed = world.trust.sign(pdf, supplier.credential, world.now)
    where = f"bids/{prepared['id']}/submission"
    done = signer("POST", where, signed, media_type="application/pdf")
    assert done.status_code == 201, done.json()


def open_all(world: World, at: str) -> Any:
    """Close at the deadline, open by two and the timekeeper, sign the minutes."""
    tender = Tender.objects.get(pk=at.removeprefix("tenders/"))
    early = Caller(world, opened.PRESENT[0])("POST", f"{at}/opening")
    assert early.status_code == 409
    opened.close(world, tender)
    for who in opened.PRESENT:
        assert Caller(world, who)("POST", f"{at}/opening/presence").status_code == 201
    assert Caller(world, opened.PRESENT[0])("POST", f"{at}/opening").status_code == 201
    opened.witnessed(world)
    opened.try_the_set(world, tender)
    opened.disclose(world, tender)
    opened.hand_in(world, tender, "timekeeper", opened.release_of(world, tender))
    opened.witnessed(world)
    opened.proceed(world)
    opened.sign_minutes(world, tender)
    return Caller(world, None)("GET", f"{at}/opening").json()
