"""One tender in objects: fixed keys, fixed instants, one sample of every format.

Nothing here is secret and nothing opens anything but itself.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID, uuid5

from awards.statements import (
    AwardDecision,
    Judgement,
    JudgementDecision,
    NotCounted,
    Place,
    Proposal,
    Ranking,
)
from bidding.sealed.bid import Bid, Bidder, Receipt, Received, Withdrawal
from bidding.sealed.consortium import Consortium, Mandate
from bidding.sealed.derived import Derived, rebuild, recipient_of
from bidding.sealed.inner import Inner, items_leaves
from bidding.sealed.manifest import PART_BYTES, Context, Manifest, Pad, Payload, Share
from bidding.sealed.opening import (
    Announced,
    Close,
    ClosedBid,
    DisclosedShare,
    Disclosure,
    Failures,
    FoundDocument,
    Minutes,
    Opened,
    Outcome,
    Release,
    ReleasedPad,
    ReleasedReveal,
    Request,
    Reveal,
    RevealsClosed,
    ShortLot,
)
from oversight.verify.formats import BundledFile, BundleIndex, Consistency
from procurement.proof.age_keys import Identity
from procurement.proof.anchors import Anchors, Witness
from procurement.proof.basis import Basis, GivenMandate
from procurement.proof.canonical import sha256_hex
from procurement.proof.events import ConcealedEvent, ControlEvent, PlainEvent
from procurement.proof.evidence import Head, LogEvent, StoredNote, TenderHistory, WithheldEvent
from procurement.proof.notes import CosignSigner, Signer
from procurement.proof.sealed_papers import SealedCopy, SealedPapers
from procurement.proof.shapes import Statement
from procurement.proof.suppliers import (
    DebarmentCheck,
    Declaration,
    ListEntry,
    LookedUp,
    SigningMandate,
)
from tenders.answers import Answer, Overdue
from tenders.form import (
    Choice,
    Item,
    PriceTable,
    Question,
    RequiredDocument,
    ResponseForm,
)
from tenders.notice import (
    Acknowledgement,
    Budget,
    Classified,
    Document,
    Extension,
    Gate,
    Lot,
    Notice,
    Order,
    Pack,
    SignatureRules,
)
from tenders.panel.holders import HolderKey
from tenders.panel.keyset import KeyPair, Keyset, Opener, Rehearsal, RehearsalAnswer
from tenders.response_form import complete, fields

ORIGIN = "daylight.example/practice"
CLOSES_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SEED = hashlib.sha256(b"the seed of the sample envelope").digest()
HOLDERS = ("opener-1", "opener-2", "opener-3", "opener-4", "timekeeper", "escrow-a", "escrow-b")


def fixed(name: str) -> bytes:
    """Give 32 bytes that anyone can repeat from a name."""
    return hashlib.sha256(f"daylight sample {name}".encode()).digest()


def an_id(name: str) -> str:
    """Give an id that anyone can repeat from a name."""
    return str(uuid5(UUID(int=0), name))


def signer(role: str, who: str) -> Signer:
    """Give a fixed note key."""
    return Signer(f"{ORIGIN}/{role}/{who}", fixed(f"note {role} {who}"))


IDENTITIES = {holder: Identity.from_bytes(fixed(f"age {holder}")) for holder in HOLDERS}
SIGNERS = {holder: signer("holder", holder) for holder in HOLDERS}
AGENCY = signer("agency", "roads")
TENDER = an_id("tender")


def keys_of(holder: str) -> KeyPair:
    """Give the public halves of a holder's keys."""
    return KeyPair(IDENTITIES[holder].recipient.encode(), SIGNERS[holder].verifier)


def holder_key(holder: str = "opener-1") -> HolderKey:
    """Give what a holder keeps."""
    identity, role = IDENTITIES[holder].encode(), holder.split("-")[0]
    value = {"role": role, "name": SIGNERS[holder].name, "tender": TENDER, "identity": identity}
    return HolderKey.of({"type": HolderKey.TYPE, **value, "signer": SIGNERS[holder].encode()})


def keyset(k: int = 2) -> Keyset:
    """Give a keyset in which k of four openers open."""
    pairs = [keys_of(f"opener-{idx}") for idx in range(1, 5)]
    openers = tuple(
        Opener(idx, an_id(f"person {idx}"), pair.recipient, pair.verifier)
        for idx, pair in enumerate(pairs, start=1)
    )
    return Keyset(
        TENDER, "age-v1-x25519", k, 4, openers, keys_of("timekeeper"),
        (keys_of("escrow-a"), keys_of("escrow-b")), ORIGIN, 1,
    )  # fmt: skip


def context(bidder: str = "supplier", under: Keyset | None = None) -> Context:
    """Give the context of a bidder's envelope."""
    used = (under or keyset()).digest()
    return Context(used, TENDER, "lot-1", "offer", an_id(bidder), fixed(f"nonce {bidder}"))


def derived(seed: bytes = SEED, bidder: str = "supplier") -> Derived:
    """Give the small files of a bidder's envelope."""
    return rebuild(seed, context(bidder), keyset())


def manifest(
    payload: Payload | None = None, seed: bytes = SEED, bidder: str = "supplier"
) -> Manifest:
    """Give the manifest of a bidder's envelope."""
    ctx, files = context(bidder), derived(seed, bidder)
    return Manifest(
        ctx.keyset, ctx.tender, ctx.lot, ctx.envelope, ctx.bidder, ctx.nonce32,
        recipient_of(seed), payload or Payload(1_234, PART_BYTES, sha256_hex(b"payload")),
        tuple(sha256_hex(share) for share in files.shares),
        sha256_hex(files.p), sha256_hex(files.e), sha256_hex(b"items"),
    )  # fmt: skip


def anchors() -> Anchors:
    """Give anchors with four witnesses, of which three must agree."""
    witnesses = [CosignSigner(f"{ORIGIN}/witness/{n}", fixed(f"witness {n}")) for n in range(4)]
    return Anchors(
        ORIGIN, "Practice operator", signer("log", "1").verifier,
        (signer("receipt", "1").verifier,),
        tuple(Witness(witness.verifier, f"Body {n}") for n, witness in enumerate(witnesses)),
        3, 1, (AGENCY.verifier,), (signer("supervisor", "audit").verifier,),
        (SIGNERS["timekeeper"].verifier,), (), (),
    )  # fmt: skip


def gates(at: datetime = CLOSES_AT) -> tuple[Gate, ...]:
    """Give the one gate of the one envelope."""
    return (Gate("lot-1", "offer", at),)


def notice(minimum_bidders: int = 1) -> Notice:
    """Give the notice of the sample tender."""
    return Notice(
        TENDER, 1, None, None, AGENCY.verifier, {"en": "Road maintenance", "zh": "道路养护"},
        {"en": "Ten kilometres"}, "open", Budget("2000.00", "CNY"), 30, keyset().digest(),
        CLOSES_AT - timedelta(days=10), CLOSES_AT - timedelta(days=6), CLOSES_AT, gates(), 10,
        (Document("specification.pdf", 5, sha256_hex(b"paper")),),
        (Lot("lot-1", {"en": "North", "zh": "北区"}, "price",
             (Classified("chairs", "CPV", "39112000-0"),)),), {}, SignatureRules(),
        Pack("training", 1, 3, 60, 5, minimum_bidders, "quorum", True, 2, 432_000),
        anchors().digest(),
    )  # fmt: skip


def extension(at: datetime, by_rule: Literal["unanswered-question"] | None = None) -> Extension:
    """Move the deadline and its gate."""
    return Extension(TENDER, notice().digest(), None, None, at, gates(at), "A power cut", by_rule)


def bid() -> Bid:
    """Give a first bid."""
    lead = an_id("supplier")
    envelopes = {"offer": manifest().digest()}
    return Bid(TENDER, "lot-1", 1, None, notice().digest(), Bidder(lead, (lead,)), envelopes)


def close(bids: int = 1) -> Close:
    """Give a closed set of so many bids for the one lot."""
    digests = sorted([bid().digest(), *(sha256_hex(bytes([n])) for n in range(1, bids))])
    closed = tuple(ClosedBid(digest, "lot-1") for digest in digests[:bids])
    return Close(TENDER, notice().digest(), CLOSES_AT, len(closed), closed, sha256_hex(b"last"))


def request() -> Request:
    """Give a request by two openers."""
    return Request(TENDER, "offer", close().digest(), (1, 3))


def order(effect: str, ends_at: datetime | None = None) -> Order:
    """Give an order with an effect."""
    value = {"suspend": "A complaint is open", "cancel": "The need is gone"}.get(effect, "Settled")
    return Order.of(
        Order(TENDER, notice().digest(), "suspend", value, CLOSES_AT, ends_at, "0" * 64).to_json()
        | {"effect": effect}
    )


def response_form() -> ResponseForm:
    """Give a response form with one question of each kind that has more than a text."""
    choice = Choice("steel", {"en": "Steel", "zh": "钢"})
    return ResponseForm(
        (
            Question("plan", {"en": "Your plan?", "zh": "方案？"}, "text", True, 2_000, ()),
            Question("frame", {"en": "Frame?", "zh": "框架？"}, "choice", False, None, (choice,)),
        ),
        (
            RequiredDocument(
                "technical", {"en": "Offer"}, ("application/pdf",), 10_000_000, "required", True
            ),
        ),
        (PriceTable("lot-1", "CNY", 2, (Item("chairs", "Folding chair", "100", "piece"),)),),
    )


def inner() -> Inner:
    """Give what stands inside the sample envelope; it encloses no file."""
    entered = {
        "answers": {"plan": "Two deliveries"},
        "prices": {"chairs": {"unit_price": "12.50", "tax_rate": "0.13"}},
        "documents": {"technical": "documents/technical.pdf"},
    }
    offer = complete(response_form().to_json(), "lot-1", entered)
    named = fields(offer)
    leaves = items_leaves([], named, [fixed(f"salt {name}").hex() for name, _ in named])
    ctx = context()
    whose = (ctx.tender, ctx.lot, ctx.envelope, ctx.bidder, ctx.nonce32)
    return Inner(*whose, tuple(leaves), offer)


def basis() -> Basis:
    """Give what a verdict rests on."""
    given = GivenMandate(sha256_hex(b"mandate"), sha256_hex(b"mandate paper"), CLOSES_AT)
    rests_on = (sha256_hex(b"report"), sha256_hex(b"policy"), sha256_hex(b"anchors"))
    return Basis(*rests_on, (given,))


def opened() -> Opened:
    """Give the outcome of the sample set: its one bid was opened."""
    found = FoundDocument(
        "technical", "documents/technical.pdf", 5, sha256_hex(b"paper"), "required", "VALID", (),
        basis(),
    )  # fmt: skip
    outcome = Outcome(
        bid().digest(), "lot-1", an_id("supplier"), (an_id("supplier"),), "0000-0000-0000-0000",
        "opened", None, Announced("1412.50", "1250.00", "CNY"), (found,),
    )  # fmt: skip
    asked = (close().digest(), request().digest(), sha256_hex(b"release"))
    return Opened(TENDER, "offer", *asked, (outcome,), (ShortLot("lot-2", 1, "at-the-close"),))


def minutes() -> Minutes:
    """Give the minutes of the sample opening."""
    ended = CLOSES_AT + timedelta(minutes=5)
    return Minutes(
        TENDER, "offer", notice().digest(), opened().digest(), CLOSES_AT, ended, (1, 3),
        opened().bids, (),
    )  # fmt: skip


def ranking() -> Ranking:
    """Give a ranking with one bid that counts and one that does not."""
    alone = Bidder(an_id("supplier"), (an_id("supplier"),))
    place = Place(1, bid().digest(), alone.lead, alone.members, "1412.50", "CNY", "100.00", False)
    joint = tuple(sorted((an_id("other"), an_id("member"))))
    other = NotCounted(sha256_hex(b"other"), an_id("other"), joint, "not-opened")
    return Ranking(TENDER, "lot-1", opened().digest(), (), (place,), (other,))


def decisions() -> list[Statement]:
    """Give one sample of everything that is decided after the opening."""
    who = an_id("proposer"), an_id("decider")
    judgement = Judgement(
        TENDER, opened().digest(), bid().digest(), False, "It was altered", who[0]
    )
    proposal = Proposal(
        TENDER, "lot-1", ranking().digest(), bid().digest(), "The lowest price", who[0]
    )
    return [
        judgement,
        JudgementDecision(TENDER, judgement.digest(), "confirmed", "Agreed", who[1]),
        ranking(),
        proposal,
        AwardDecision(
            TENDER, "lot-1", proposal.digest(), "confirmed", bid().bidder, "Agreed", who[1]
        ),
    ]


def evidence() -> list[Statement]:
    """Give one sample of every piece of the log that a stranger checks."""
    leaf, root = sha256_hex(b"leaf"), sha256_hex(b"root")
    head = Head(TENDER, leaf, 8, 4, root, (leaf,), 0, 1, ())
    inside = LogEvent(b"{}", fixed("salt"), None, 5, 8, (leaf, root))
    kept_in = WithheldEvent(leaf, root, "bids.closed", 6, 8, (leaf,))
    stored = StoredNote(notice().digest(), notice().canonical(), None)
    return [
        head, inside, kept_in,
        TenderHistory(TENDER, "a checkpoint", head, (inside,), (kept_in,), (stored,)),
    ]  # fmt: skip


def bundled() -> list[Statement]:
    """Give one sample of what only an evidence bundle holds."""
    file = BundledFile("documents/" + sha256_hex(b"paper"), 5, sha256_hex(b"paper"))
    return [
        BundleIndex(TENDER, ORIGIN, "full", CLOSES_AT, 8, (file,)),
        Consistency(4, 8, (sha256_hex(b"root"),)),
    ]


def about_suppliers() -> list[Statement]:
    """Give a consortium and mandates, a look-up in the debarment list, and a declaration."""
    lead, member = sorted((an_id("supplier"), an_id("member")))
    began, by = CLOSES_AT - timedelta(days=90), an_id("signer")
    known = ("NTRCN", "91310000MA1K0000XX")
    entry = ListEntry(
        member, *known, "Shadow Works", began, None, "Decision 12/2026", "False documents", 3
    )
    return [
        Consortium(an_id("consortium"), TENDER, lead, (lead, member)),
        Mandate(an_id("mandate"), an_id("consortium"), TENDER, member, lead, by),
        DebarmentCheck(
            TENDER,
            bid().digest(),
            "submission",
            CLOSES_AT,
            3,
            (LookedUp(member, *known),),
            (entry,),
        ),
        Declaration(member, ("able", "taxes-paid"), began, CLOSES_AT, by),
        SigningMandate(
            organisation=member,
            identifier="-".join(known),
            number="M-20260302-000000000001",
            certificate=sha256_hex(b"certificate"),
            holder="CN=Li Na",
            valid_from=began,
            valid_until=CLOSES_AT,
            scope="bids",
        ),
    ]


def everything() -> list[Statement]:
    """Give one sample of every format."""
    held, key = manifest(), bytes(16)
    ctx, files = context(), derived()
    head = sha256_hex(b"head")
    challenge = Rehearsal(keyset().digest(), "opener-1", fixed("challenge"))
    reveal = Reveal(TENDER, held.digest(), b"age-encryption.org/v1\n")
    lead = Bidder(an_id("supplier"), (an_id("supplier"),))
    later = CLOSES_AT + timedelta(days=2)
    event = (TENDER, "notice.published", CLOSES_AT, an_id("officer"))
    return [
        anchors(), holder_key(), holder_key().public(), keyset(), challenge,
        RehearsalAnswer(keyset().digest(), "opener-1", challenge.digest()),
        response_form(), notice(),
        extension(later),
        Acknowledgement(TENDER, extension(later).digest(), head),
        Answer(TENDER, notice().digest(), 1, (an_id("question"),), {"en": "How many?"},
               {"en": "Ten.", "zh": "十把。"}),
        Overdue(TENDER, notice().digest(), (an_id("question"),), CLOSES_AT - timedelta(days=6)),
        order("suspend"), ctx, held, Share(ctx, 1, bytes(32) + b"\x01"), Pad(ctx, files.pad),
        inner(), bid(), Withdrawal(TENDER, "lot-1", bid().digest(), lead),
        Receipt("0000-0000-0000-0000", TENDER, bid().digest(), sha256_hex(b"form"),
                {"offer": Received(held.digest(), 1_234)}, "VALID", CLOSES_AT, head, None,
                anchors().digest()),
        close(), request(),
        Failures(TENDER, "offer", request().digest(), "opener-1", 1, (), head),
        RevealsClosed(TENDER, "offer", request().digest(), ()), reveal,
        Disclosure(TENDER, "offer", request().digest(), 1,
                   (DisclosedShare(held.digest(), bytes(32) + b"\x01", key),), head),
        Release(TENDER, "offer", request().digest(), head,
                (ReleasedPad(held.digest(), files.pad, key),),
                (ReleasedReveal(reveal.digest(), SEED),)),
        basis(), opened(), minutes(), *decisions(), *evidence(), *bundled(), *about_suppliers(),
        ControlEvent("control", *event, None, {"notice": notice().digest()}),
        ConcealedEvent("concealed", *event, None, {"bid": bid().digest()}),
        PlainEvent("fact", *event, {"version": 1}),
        SealedPapers(TENDER, (SealedCopy("minutes", minutes().digest(), 1, sha256_hex(b"%PDF")),)),
    ]  # fmt: skip


def sealed_to_all() -> dict[str, str]:
    """Give the small files of the sample envelope by their digests."""
    return {name: sha256_hex(file) for name, file in derived().files().items()}
