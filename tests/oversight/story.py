"""A whole tender, from the keys to the award, played without the platform.

Everybody is honest unless a test says otherwise: it calls a step with other arguments, leaves one
out, or changes the files of the bundle before they are summed up. So a lie is always signed and
proved as well as its teller could.

Four suppliers: alpha replaces its bid, beta encloses a PDF whose signature does not hold and is
judged out, gamma takes its bid back, delta is dearer than alpha.
"""

import io
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from awards.statements import AwardDecision, Judgement, JudgementDecision, Proposal, Ranking
from bidding.sealed.bid import Bid, Bidder, Receipt, Received, Withdrawal
from bidding.sealed.consortium import Consortium, Mandate
from bidding.sealed.container import SourceFile, write_container
from bidding.sealed.inner import build_inner, items_leaves, items_root
from bidding.sealed.manifest import Context
from bidding.sealed.minimum import openable, short_lots
from bidding.sealed.opening import (
    Announced,
    Close,
    ClosedBid,
    Disclosure,
    Failures,
    FoundDocument,
    Minutes,
    Opened,
    Outcome,
    Release,
    Request,
    RevealsClosed,
    ShortLot,
)
from bidding.sealed.sealing import Sealed, seal
from bidding.sealed.unsealing import NotOpened, take_pad, take_share
from oversight.verify import bundle as layout
from oversight.verify.bundle import Source, write_bundle
from oversight.verify.formats import Consistency
from oversight.verify.later_acts import ranking_of
from procurement.proof.age_keys import Identity
from procurement.proof.anchors import Anchors
from procurement.proof.basis import Basis
from procurement.proof.canonical import JSON, canonical, sha256_hex
from procurement.proof.evidence import TenderHistory
from procurement.proof.instants import format_instant
from procurement.proof.notes import Signer
from procurement.proof.sealed_papers import (
    DECISION,
    FORM,
    MINUTES,
    RECEIPT,
    PaperKind,
    SealedCopy,
    SealedPapers,
)
from procurement.proof.shapes import Statement
from procurement.proof.suppliers import DebarmentCheck, ListEntry, LookedUp, Purpose
from tenders.notice import Document, Notice
from tenders.panel.keyset import Keyset, Opener, Rehearsal, RehearsalAnswer
from tenders.response_form import complete, fields
from tests.oversight.log import Log, Written
from tests.vectors import samples
from tests.vectors.samples import AGENCY, CLOSES_AT, IDENTITIES, SIGNERS, TENDER, an_id, signer

SECOND = timedelta(seconds=1)
RECEIPTS = signer("receipt", "1")
SUPERVISOR = signer("supervisor", "audit")
OFFER = "offer"
NOTICE_PAPER = b"%PDF notice"
POLICY = canonical({"supplier": None})
TRUSTED = canonical({"signers": []})
Files = dict[str, bytes]
Asked = Callable[[DebarmentCheck], DebarmentCheck]


@dataclass
class Filed:
    """A bid as it was filed."""

    who: str
    bid: Bid
    receipt: Receipt
    sealed: Sealed
    payload: bytes
    price: Announced
    documents: tuple[FoundDocument, ...]
    judged: Files  # what is said of the files inside, once they are opened
    event: Written

    @property
    def digest(self) -> str:
        return self.bid.digest()

    @property
    def note(self) -> bytes:
        return self.receipt.sign(RECEIPTS)


class Story:
    """One tender as it goes on; ``now`` is everybody's clock."""

    def __init__(self) -> None:
        self.log = Log()
        self.now = CLOSES_AT - timedelta(hours=1)
        self.files: Files = {}
        self.filed: list[Filed] = []
        self.keyset: Keyset = samples.keyset()
        self.signers, self.identities = {**SIGNERS}, {**IDENTITIES}
        self.notice: Notice = self._notice()
        self.close_: Close | None = None
        self.closes_at = CLOSES_AT
        self.judgements: dict[str, tuple[str, Judgement]] = {}
        self.reseal: Callable[[Sealed], Sealed] = lambda sealed: sealed

    # ── the steps ────────────────────────────────────────────────────────────────────────────

    def publish(self, *, key: Signer = AGENCY, fixed: Keyset | None = None) -> None:
        """Draw up the keyset, rehearse, and publish the notice."""
        self.draw_up(key=key)
        self.fact("tender.submitted-for-approval", {})
        self.control("keyset.fixed", {"object": (fixed or self.keyset).digest()})
        self.announce_notice(key)
        self.files[layout.document_path(sha256_hex(b"paper"))] = b"paper"
        self.tick()

    def announce_notice(self, key: Signer) -> None:
        """Write the notice that stands into the log, and its signed paper."""
        paper = sha256_hex(NOTICE_PAPER)
        body = {"object": self.keep(self.notice, key), "pdf": paper}
        self.control("notice.published", body | self.report(paper, "VALID").named())
        self.files[layout.NOTICE_PDF] = NOTICE_PAPER

    def draw_up(self, *, key: Signer = AGENCY) -> None:
        """Sign the keyset, and let every holder rehearse."""
        self.keep(self.keyset, key)
        for holder in samples.HOLDERS:
            challenge = Rehearsal(self.keyset.digest(), holder, samples.fixed(holder)).digest()
            answer = RehearsalAnswer(self.keyset.digest(), holder, challenge)
            self.keep(answer, self.signers[holder])

    def appoint(self, idx: int, who: str) -> None:
        """Put another person with new keys in an opener's place."""
        holder, identity = f"opener-{idx}", Identity.from_bytes(samples.fixed(f"age {who}"))
        self.identities[holder], self.signers[holder] = identity, signer("holder", who)
        keys = identity.recipient.encode(), self.signers[holder].verifier
        openers = [one for one in self.keyset.openers if one.idx != idx]
        openers.append(Opener(idx, an_id(who), *keys))
        ordered = tuple(sorted(openers, key=lambda one: one.idx))
        self.keyset = replace(self.keyset, openers=ordered)

    def file(
        self,
        who: str,
        price: str = "12.50",
        *,
        verdict: str = "VALID",
        supersedes: Filed | None = None,
        sealed_for: str | None = None,
        together_with: tuple[str, ...] = (),
        signers: tuple[str, ...] = (),
        asked: Asked = lambda check: check,
        change: Callable[[Bid], Bid] = lambda bid: bid,
        received_at: datetime | None = None,
        journalled: bool = True,
        judged_at: datetime | None = None,
        judged: Callable[[Basis], Basis | None] = lambda basis: basis,
        bound_by: str | None = None,
    ) -> Filed:
        """Seal a bid, file it and get the receipt; ``signers`` are those on record for its form."""
        content = f"%PDF-1.7 {who} {price}".encode()
        sealed, payload, offer = self._seal(sealed_for or who, price, content)
        bid = change(
            Bid(
                TENDER,
                "lot-1",
                supersedes.bid.bid_version + 1 if supersedes else 1,
                supersedes.digest if supersedes else None,
                self.notice.digest(),
                bidder_of(who, *together_with),
                {OFFER: sealed.manifest.digest()},
            )
        )
        form = f"%PDF form {who} {bid.digest()}".encode()
        receipt = Receipt(
            f"{len(self.filed):04}-0000-0000-0000",
            TENDER,
            bid.digest(),
            sha256_hex(form),
            {OFFER: Received(sealed.manifest.digest(), len(payload))},
            "VALID",
            received_at or self.now,
            self.control_head,
            None,
            self.anchors().digest(),
        )
        self.keep(sealed.manifest)
        self.keep(bid)
        inside: Files = {}
        form_into = self.files if journalled else inside
        said = receipt.received_at if judged_at is None else judged_at
        basis = judged(
            self.report(
                sha256_hex(form), "VALID", *signers, at=said, into=form_into, bound_by=bound_by
            )
        )
        body = {
            "object": self.keep(receipt, RECEIPTS),
            "bid": bid.digest(),
            "check": self.look_up(bid, "submission", asked),
            **(basis.named() if basis else {}),
        }
        event = self.concealed("bid.filed", body, write=journalled)
        self.files[layout.form_path(sha256_hex(form))] = form
        enclosed = self.report(sha256_hex(content), verdict, at=receipt.received_at, into=inside)
        document = FoundDocument(
            "technical",
            "documents/technical.pdf",
            len(content),
            sha256_hex(content),
            "required",
            verdict,  # type: ignore[arg-type]
            (),
            enclosed,
        )
        announced = Announced(offer["total"], offer["total_net"], offer["currency"])
        filed = Filed(who, bid, receipt, sealed, payload, announced, (document,), inside, event)
        self.filed.append(filed)
        self.tick()
        return filed

    def consortium(self, lead: str, *members: str, mandated: tuple[str, ...] = ()) -> str:
        """Form a consortium, let some members mandate its lead, and name the last mandate."""
        bidder = bidder_of(lead, *members)
        said = Consortium(an_id(f"with {lead}"), TENDER, bidder.lead, bidder.members)
        self.concealed("consortium.formed", {"object": self.keep(said)})
        given = ""
        for one in mandated:
            whose = said.id, TENDER, an_id(one), said.lead, an_id(f"signer of {one}")
            given = self.keep(Mandate(an_id(f"mandate of {one}"), *whose))
            self.concealed("mandate.given", {"object": given})
        return given

    def look_up(self, bid: Bid, purpose: Purpose, change: Asked) -> str:
        """Look everybody who stands in a bid up in the debarment list; nobody is on it."""
        asked = tuple(LookedUp(one, "NTRCN", one[:18]) for one in bid.bidder.members)
        plain = DebarmentCheck(TENDER, bid.digest(), purpose, self.now, 0, asked, ())
        return self.keep(change(plain))

    def withdraw(self, filed: Filed, *, by: str | None = None) -> None:
        """Take a bid back."""
        bidder = Bidder(an_id(by), (an_id(by),)) if by else filed.bid.bidder
        withdrawal = Withdrawal(TENDER, "lot-1", filed.digest, bidder)
        form = f"%PDF withdrawal {filed.who}".encode()
        self.files[layout.form_path(sha256_hex(form))] = form
        body = {
            "object": self.keep(withdrawal),
            "bid": filed.digest,
            "form": sha256_hex(form),
            **self.report(sha256_hex(form), "VALID").named(),
        }
        self.concealed("bid.withdrawn", body)
        self.tick()

    def close(self, bids: Iterable[Filed]) -> None:
        """Close over a set of bids."""
        self.now = max(self.now, self.closes_at + 4 * SECOND)
        closed = sorted((ClosedBid(one.digest, "lot-1") for one in bids), key=lambda one: one.bid)
        last = self.log.concealed_head
        self.close_ = Close(
            TENDER,
            self.notice.digest(),
            self.closes_at,
            len(closed),
            tuple(closed),
            last.hex() if last else None,
        )
        self.control("bids.closed", {"object": self.keep(self.close_)})
        self.tick()

    def request(self, *openers: int) -> None:
        """Ask for the opening."""
        assert self.close_ is not None
        self.request_ = Request(TENDER, OFFER, self.close_.digest(), openers or (1, 3))
        self.control("opening.requested", {"object": self.keep(self.request_)})
        self.tick()

    def try_all(self, *holders: str, key: Signer | None = None) -> None:
        """Every holder says that the whole set decrypts, and the reveals are closed."""
        for holder in holders or ("opener-1", "opener-3", "timekeeper"):
            failed = sorted(
                one.sealed.manifest.digest()
                for one in self.opening_set()
                if self._taken(one, holder) is None
            )
            said = Failures(
                TENDER,
                OFFER,
                self.request_.digest(),
                holder,
                len(self.opening_set()),
                tuple(failed),
                self.control_head,
            )
            self.control(
                "opening.failures", {"object": self.keep(said, key or self.signers[holder])}
            )
        self.tick()
        closed = RevealsClosed(TENDER, OFFER, self.request_.digest(), ())
        self.control("reveals.closed", {"object": self.keep(closed)})
        self.tick()

    def disclose(
        self,
        *openers: int,
        change: Callable[[Disclosure], Disclosure] = lambda said: said,
        key: Signer | None = None,
    ) -> None:
        """Every opener discloses the shares of the whole set."""
        head = self.control_head
        for idx in openers or (1, 3):
            taken = [self._taken(one, f"opener-{idx}") for one in self.opening_set()]
            shares = tuple(share for share in taken if share)
            said = change(Disclosure(TENDER, OFFER, self.request_.digest(), idx, shares, head))
            noted = self.keep(said, key or self.signers[f"opener-{idx}"])
            self.control("opening.disclosed", {"object": noted})
        self.tick()

    def release(
        self,
        *,
        change: Callable[[Release], Release] = lambda said: said,
        key: Signer = SIGNERS["timekeeper"],
        intent: bool = True,
        witnessed: bool = True,
    ) -> None:
        """The intent, and the timekeeper's one answer."""
        leaf = self.control_head
        if intent:
            leaf = self.control("release.intent", {"request": self.request_.digest()}).leaf.hex()
        if witnessed:
            self.tick()
        taken = [self._taken(one, "timekeeper") for one in self.opening_set()]
        pads = tuple(pad for pad in taken if pad)
        self.release_ = change(Release(TENDER, OFFER, self.request_.digest(), leaf, pads, ()))
        self.control("opening.released", {"object": self.keep(self.release_, key)})
        self.tick()

    def announce(self, change: Callable[[Outcome], Outcome] = lambda said: said) -> None:
        """Say what was opened."""
        assert self.close_ is not None
        outcomes = [
            change(
                Outcome(
                    one.digest,
                    "lot-1",
                    one.bid.bidder.lead,
                    one.bid.bidder.members,
                    one.receipt.number,
                    "opened",
                    None,
                    one.price,
                    one.documents,
                )
            )
            for one in self.opening_set()
        ]
        self.opened = Opened(
            TENDER,
            OFFER,
            self.close_.digest(),
            self.request_.digest(),
            self.release_.digest(),
            tuple(sorted(outcomes, key=lambda one: one.bid)),
            self.short(),
        )
        self.control("opening.opened", {"object": self.keep(self.opened)})
        said = {one.sha256 for outcome in self.opened.bids for one in outcome.documents}
        for one in self.opening_set():
            self.files |= one.judged if said & {file.sha256 for file in one.documents} else {}
        self.tick()

    def minute(
        self, *signers: Signer, change: Callable[[Minutes], Minutes] = lambda minutes: minutes
    ) -> None:
        """Sign the minutes."""
        minutes = change(
            Minutes(
                TENDER,
                OFFER,
                self.notice.digest(),
                self.opened.digest(),
                self.now - SECOND,
                self.now,
                self.request_.openers,
                self.opened.bids,
                (),
            )
        )
        keys = signers or (self.signers["opener-1"], self.signers["opener-3"])
        self.control("minutes.signed", {"object": self.keep(minutes, *keys)})
        self.seal_papers(*self.papers_of_bids(), (MINUTES, minutes.digest()))
        self.tick()

    def judge(
        self, filed: Filed, *, counts: bool, by: str = "proposer", decided_by: str = "decider"
    ) -> None:
        """Say whether a bid counts, and confirm it."""
        said = Judgement(
            TENDER, self.opened.digest(), filed.digest, counts, "It was altered", an_id(by)
        )
        self.control("admissibility.judged", {"object": self.keep(said)}, by=by)
        decision = JudgementDecision(
            TENDER, said.digest(), "confirmed", "Agreed", an_id(decided_by)
        )
        body = {"object": self.keep(decision)}
        self.control("admissibility.confirmed", body, by=decided_by)
        self.judgements[filed.digest] = said.digest(), said
        self.tick()

    def award(
        self,
        filed: Filed | None,
        *,
        by: str = "proposer",
        decided_by: str = "decider",
        change: Callable[[Ranking], Ranking] = lambda ranking: ranking,
        asked: Asked = lambda check: check,
        winner: Bidder | None = None,
        end: str | None = "tender.concluded",
    ) -> None:
        """Propose a bid for the lot and confirm it, and end the tender."""
        proposal = self.proposal_of(filed, by=by, change=change)
        self.control("award.proposed", {"object": self.keep(proposal)}, by=by)
        decision = self.decision_on(filed, proposal, decided_by=decided_by, winner=winner)
        body = {"object": self.keep(decision)}
        if filed:
            body["check"] = self.look_up(filed.bid, "award", asked)
        self.control("award.decided", body, by=decided_by)
        self.seal_papers((DECISION, decision.digest()))
        if end:
            self.control(end, {})
        self.tick()

    def proposal_of(
        self,
        filed: Filed | None,
        *,
        by: str = "proposer",
        change: Callable[[Ranking], Ranking] = lambda ranking: ranking,
    ) -> Proposal:
        """Rank what counts, and name who shall get the lot."""
        ranking = change(ranking_of(self.opened, self.opened.digest(), "lot-1", self.judgements))
        digest = filed.digest if filed else None
        return Proposal(TENDER, "lot-1", self.keep(ranking), digest, "The lowest price", an_id(by))

    def decision_on(
        self,
        filed: Filed | None,
        proposal: Proposal | None = None,
        *,
        decided_by: str = "decider",
        winner: Bidder | None = None,
    ) -> AwardDecision:
        """Confirm a proposal, by default the one that would be made now."""
        proposed = (proposal or self.proposal_of(filed)).digest()
        won = (winner or filed.bid.bidder) if filed else None
        return AwardDecision(
            TENDER, "lot-1", proposed, "confirmed", won, "Agreed", an_id(decided_by)
        )

    def papers_of_bids(self) -> list[tuple[PaperKind, str]]:
        """Name the papers that every bid has: its receipt, and its form with the seal."""
        filed = [one.receipt for one in self.filed if one.event.leaf in self._leaves()]
        receipts: list[tuple[PaperKind, str]] = [(RECEIPT, one.digest()) for one in filed]
        return [*receipts, *((FORM, one.form) for one in filed)]

    def seal_papers(
        self, *papers: tuple[PaperKind, str], copy: int = 1, enter: bool = True
    ) -> list[SealedCopy]:
        """Put papers with the platform's seal into the bundle, and name them in the log."""
        copies = []
        for kind, about in papers:
            form = self.files[layout.form_path(about)] if kind == FORM else b"%PDF "
            paper = form + f"sealed {kind} {about} {copy}".encode()
            self.files[layout.paper_path(kind, about)] = paper
            copies.append(SealedCopy(kind, about, copy, sha256_hex(paper)))
        if enter:
            self.fact("papers.sealed", {"object": self.keep(SealedPapers(TENDER, tuple(copies)))})
        return copies

    def bids(self) -> list[Filed]:
        """File everybody's bids, and give those that live at the deadline."""
        first = self.file("alpha", "12.50")
        beta = self.file("beta", "11.00", verdict="INVALID")
        gamma = self.file("gamma", "10.00")
        alpha = self.file("alpha", "12.00", supersedes=first)
        self.concealed("attempt.refused", {"code": "form-refused", "facts": {}})
        delta = self.file("delta", "13.00")
        self.withdraw(gamma)
        return [alpha, beta, delta]

    def open(self) -> None:
        """Go from the request to the signed minutes."""
        self.request()
        self.try_all()
        self.disclose()
        self.release()
        self.announce()
        self.minute()

    # ── what the steps need ──────────────────────────────────────────────────────────────────

    def _leaves(self) -> set[bytes]:
        return {event.leaf for event in self.log.events}

    @property
    def control_head(self) -> str:
        return self.log.control_head.hex() if self.log.control_head else "0" * 64

    def opening_set(self) -> list[Filed]:
        assert self.close_ is not None
        closed = {one.bid for one in openable(self.close_, self.notice)}
        return [one for one in self.filed if one.digest in closed]

    def short(self) -> tuple[ShortLot, ...]:
        assert self.close_ is not None
        return short_lots(self.close_, self.notice, ())

    def _taken(self, one: Filed, holder: str) -> Any:
        """Take a holder's part out of an envelope, None where it does not decrypt."""
        derived, manifest, identity = (
            one.sealed.derived,
            one.sealed.manifest,
            self.identities[holder],
        )
        try:
            if holder == "timekeeper":
                return take_pad(derived.p, manifest, identity)
            idx = int(holder.removeprefix("opener-"))
            return take_share(derived.shares[idx - 1], idx, manifest, identity)
        except NotOpened:
            return None

    def control(self, verb: str, body: dict[str, Any], *, by: str = "platform") -> Written:
        return self.log.write("control", verb, body, at=self.now, by=an_id(by))

    def concealed(self, verb: str, body: dict[str, Any], *, write: bool = True) -> Written:
        before = self.log.concealed_head
        written = self.log.write("concealed", verb, body, at=self.now, by=an_id("supplier"))
        if not write:
            self.log.waiting.remove(written)
            self.log.concealed_head = before
        return written

    def fact(self, verb: str, body: dict[str, Any]) -> Written:
        return self.log.write("fact", verb, body, at=self.now, by=an_id("officer"))

    def tick(self) -> None:
        self.now += SECOND
        self.log.tick(self.now)

    def keep(self, obj: Statement, *signers: Signer) -> str:
        """Put an object into the bundle, with its note where somebody signs it."""
        self.files[layout.object_path(obj.digest())] = obj.canonical()
        if signers:
            self.files[layout.note_path(obj.digest())] = obj.sign(*signers)
        return obj.digest()

    def report(
        self,
        sha256: str,
        verdict: str,
        *signers: str,
        at: datetime | None = None,
        into: Files | None = None,
        bound_by: str | None = None,
    ) -> Basis:
        """Record what was said about the signatures of a file, and by what."""
        policy, trusted = sha256_hex(POLICY), sha256_hex(TRUSTED)
        self.files |= {layout.policy_path(policy): POLICY, layout.set_path(trusted): TRUSTED}
        value: dict[str, JSON] = {
            "type": "daylight/signature-report/v1",
            "file_sha256": sha256,
            "verdict": verdict,
            "at": format_instant(at or self.now),
            "policy_digest": policy,
            "anchors_digest": trusted,
            "software": "a judge",
            "signatures": [
                {"signer": {"certificate_sha256": sha256_hex(one.encode())}, "bound_by": bound_by}
                for one in signers
            ],
        }
        raw = canonical(value)
        (self.files if into is None else into)[layout.report_path(sha256_hex(raw))] = raw
        return Basis(sha256_hex(raw), policy, trusted)

    def anchors(self) -> Anchors:
        return samples.anchors()

    def bundle(
        self, path: Path, change: Callable[[Files], None] = lambda files: None, at: int = 0
    ) -> Path:
        """Write the bundle, after a test has changed what it likes."""
        sizes = sorted(self.log.notes)
        newest = at or sizes[-1]
        used = sorted({event.size for event in self.log.events if event.size <= newest} | {newest})
        files = dict(self.files)
        files |= {layout.checkpoint_path(size): self.log.notes[size] for size in used}
        for old, new in pairwise(used):
            proof = Consistency(old, new, self.log.consistency(old, new))
            files[layout.consistency_path(old, new)] = proof.canonical()
        events = [event for event in self.log.events if event.size <= newest]
        for number, event in enumerate(events, start=1):
            files[layout.event_path(number)] = self.log.shown(event).canonical()
        files[layout.HISTORY] = self._history(newest, events).canonical()
        files[layout.ANCHORS] = self.anchors().canonical()
        if self.close_ is not None and hasattr(self, "request_"):
            for one in self.opening_set():
                files |= self._sealed(one)
        change(files)
        with path.open("wb") as out:
            write_bundle(
                out,
                [Source.of(name, content) for name, content in files.items()],
                tender=TENDER,
                log_origin=samples.ORIGIN,
                made_at=self.now,
                checkpoint=newest,
            )
        return path

    def _history(self, size: int, events: list[Written]) -> TenderHistory:
        control = [event for event in events if event.value["kind"] == "control"]
        return TenderHistory(
            TENDER,
            self.log.notes[size].decode(),
            self.log.head(size),
            tuple(self.log.shown(event, size) for event in control),
            (),
            (),
        )

    def _sealed(self, one: Filed) -> Files:
        digest, derived = one.sealed.manifest.digest(), one.sealed.derived
        files = {layout.sealed_path(digest, name): data for name, data in derived.files().items()}
        return {**files, layout.sealed_path(digest, "payload.age"): one.payload}

    def _seal(self, who: str, price: str, content: bytes) -> tuple[Sealed, bytes, dict[str, Any]]:
        entered = {
            "answers": {"plan": "Two deliveries"},
            "prices": {"chairs": {"unit_price": price, "tax_rate": "0.13"}},
            "documents": {"technical": "documents/technical.pdf"},
        }
        offer = complete(self.notice.response_form, "lot-1", entered)
        files = [
            SourceFile(
                "documents/technical.pdf",
                lambda: io.BytesIO(content),
                len(content),
                sha256_hex(content),
            )
        ]
        named = fields(offer)
        salts = [samples.fixed(f"{who} {price} {n}").hex() for n in range(len(named) + 1)]
        leaves = items_leaves(files, named, salts)
        nonce = samples.fixed(f"nonce {who} {price}")
        ctx = Context(self.keyset.digest(), TENDER, "lot-1", OFFER, an_id(who), nonce)
        inner = build_inner(
            tender=TENDER,
            lot="lot-1",
            envelope=OFFER,
            bidder=an_id(who),
            nonce32=nonce,
            items=leaves,
            offer=offer,
        )
        with tempfile.TemporaryDirectory() as folder:
            container, payload = Path(folder) / "c.zip", Path(folder) / "payload.age"
            with container.open("wb") as out:
                write_container(out, inner, files)
            sealed = seal(
                container, payload, ctx=ctx, items_root=items_root(leaves), keyset=self.keyset
            )
            return self.reseal(sealed), payload.read_bytes(), offer

    def _notice(self) -> Notice:
        return replace(
            samples.notice(),
            response_form=samples.response_form().to_json(),
            documents=(Document("specification.pdf", 5, sha256_hex(b"paper")),),
        )


def bidder_of(lead: str, *members: str) -> Bidder:
    """Give who bids: alone, or with others."""
    return Bidder(an_id(lead), tuple(sorted(an_id(one) for one in (lead, *members))))


def debarred(check: DebarmentCheck) -> DebarmentCheck:
    """Have the list name the first who was asked for."""
    one = check.asked[0]
    entry = ListEntry(
        one.organisation, one.scheme, one.identifier, "Shadow Works", check.at, None,
        "Decision 7", "False documents", 1,
    )  # fmt: skip
    return replace(check, list_version=1, found=(entry,))


def whole_story() -> Story:
    """Play an honest tender from beginning to end."""
    story = Story()
    story.publish()
    alpha, beta, delta = story.bids()
    story.close([alpha, beta, delta])
    story.open()
    story.judge(beta, counts=False)
    story.award(alpha)
    return story
