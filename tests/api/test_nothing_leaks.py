"""Until the opening nobody learns who bid, how many did, or anything of what is in a bid.

Bids are filed with words that stand nowhere else. Then everything that can be read is read, at
every address of the matrix and on every public page, as everyone, and searched for these words.
And everything is read twice, with one bid and with three: byte for byte it is the same.
"""

import base64
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

import pytest
from django.db import transaction
from django.http import HttpResponseBase

from bidding.models import Bid, Envelope
from procurement.models import Event, User
from procurement.outbox import deliver
from tests.api.matrix.people import EVERYONE, SEATS, STRANGER, Cast
from tests.api.matrix.row import Case
from tests.api.matrix.states import disclosed, released, tried
from tests.api.matrix.table import MATRIX
from tests.api.test_authorisation import content, rolled_back
from tests.bidding import opened
from tests.bidding.filing import FiledBid, filed_bid, withdrawn_bid
from tests.world import Company, World, published_tender

PAGES = ("/", "/tenders/", "/tenders/{tender}/", "/tenders/{tender}/opening/",
         "/tenders/{tender}/result/", "/tenders/{tender}/deadline.ics", "/tenders/?q=chairs",
         "/tenders.atom", "/tenders.ics", "/log/")  # fmt: skip
QUERIES = {"v1/tenders": ("?mine=true", "?state=published", "?state=closed", "?page_size=1",
                          "?q=chairs")}  # fmt: skip
READ_PAGES = (STRANGER, "officer", "overseer", "operator", "bidder")  # pages know no roles
# Suppliers are bodies like others, and all bodies are listed; nothing there says who bids.
LISTS_BODIES = ("/api/v1/organisations",)
OTHER_BIDDERS = ("rival", "rival's administrator")
UNIT_PRICES = ("918273.64", "827364.55", "736455.46")
Answers = dict[tuple[str, str], bytes]

INSTANT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
DIGEST = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
SIGNATURE = re.compile(rb"\xe2\x80\x94 \S+ [A-Za-z0-9+/=]+|\\u2014 \S+ [A-Za-z0-9+/=]+")
ROOT = re.compile(rb"(?<=\n)[A-Za-z0-9+/]{43}=(?=\n)|(?<=\\n)[A-Za-z0-9+/]{43}=(?=\\n)")
INDEX = re.compile(rb'(?<="index":)\s?\d+')  # places within a tick are shuffled
PATH = re.compile(rb'"(?:proof|path)":\s?\[[^\]]*\]')  # as long as the place has it
BASE64 = re.compile(
    rb'(?<=")(?:[A-Za-z0-9+/]{4}){10,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?(?=")'
)
BINARY = ("application/octet-stream",)


@dataclass
class Filing:
    """A tender with bids, and the words by which each is known."""

    cast: Cast
    case: Case
    bids: list[FiledBid] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.cast.world

    @property
    def tender(self) -> str:
        return self.case.ids["tender"]

    def file(self, company: Company, price: str) -> None:
        """File a bid."""
        assert self.case.tender is not None
        document = b"%PDF-1.7\n%canary " + price.encode() + b"\n%%EOF\n"
        found = filed_bid(self.world, self.case.tender, company, price, document=document)
        self.bids.append(found)


@pytest.fixture
def filing(real_world: World) -> Filing:
    """Give a published tender for which the first supplier has bid, twice."""
    cast = Cast.around(real_world)
    tender = published_tender(real_world)
    ids = {
        "tender": str(tender.pk), "lot": "lot-1", "name": "specification.txt",
        "organisation": str(real_world.agency.pk), "document": "documents/technical.pdf",
    }  # fmt: skip
    found = Filing(cast, Case(cast, tender, ids=ids))
    found.file(cast.bidder, UNIT_PRICES[0])
    bid = found.bids[0].bid
    ids |= {"bid": str(bid.pk), "envelope": str(Envelope.objects.get().pk),
            "manifest": found.bids[0].sealed.manifest.digest()}  # fmt: skip
    return found


def addresses(filing: Filing) -> list[str]:
    """List everything that can be read, from the matrix and the pages."""
    ids = filing.case.ids
    found = []
    for route in dict.fromkeys(row.route for row in MATRIX if row.method == "get"):
        path = route.replace("<str:bid>", ids.get("opened", ids["manifest"]))
        for name, value in ids.items():
            for kind in ("uuid", "str", "path"):
                path = path.replace(f"<{kind}:{name}>", value)
        found += [f"/api/{path}{query}" for query in ("", *QUERIES.get(route, ()))]
    found += [page.format(**ids) for page in PAGES]
    return [path for path in found if "<" not in path and path not in ("/api/docs/",)]


def everything(filing: Filing, *but: str) -> Answers:
    """Read every address as everyone but some, in both languages where a person reads."""
    read: Answers = {}
    paths = addresses(filing)
    for who in sorted(EVERYONE - set(but)):
        for path in paths:
            if path == "/api/schema/" and who != STRANGER:
                continue
            if not path.startswith("/api/") and who not in READ_PAGES:
                continue
            with rolled_back():  # a supervisor's reading is written down, and would be read next
                filing.world.wind_to(filing.world.now)  # the same instant for every reader
                answer = filing.cast.clients[who].get(path)
                read[who, path] = _head(answer) + content(answer)
    return read


def _head(answer: HttpResponseBase) -> bytes:
    """Write down the status and what the headers say."""
    said = sorted(f"{name}: {value}" for name, value in answer.headers.items())
    return "\n".join([str(answer.status_code), *said, "", ""]).encode()


# ── what must not be read ────────────────────────────────────────────────────────────────────


def canaries(filing: Filing) -> dict[str, bytes]:
    """Name every word that would tell of a bid."""
    found = {}
    for number, one in enumerate(filing.bids, start=1):
        bid = Bid.objects.select_related("slot__supplier", "arrival").get(pk=one.bid.pk)
        manifest, supplier = one.sealed.manifest, bid.slot.supplier
        people = User.objects.filter(memberships__organisation=supplier)
        found |= {
            f"{number} supplier": supplier.name_en,
            f"{number} supplier's id": str(supplier.pk),
            f"{number} supplier's number": supplier.identifier,
            f"{number} bid": bid.digest,
            f"{number} bid's id": str(bid.pk),
            f"{number} form": bid.form_sha256,
            f"{number} receipt": one.receipt.number,
            f"{number} manifest": manifest.digest(),
            f"{number} recipient": manifest.recipient,
            f"{number} payload": manifest.payload.root,
            f"{number} nonce": manifest.nonce32.hex(),
            f"{number} price": UNIT_PRICES[number - 1],
            f"{number} document": f"canary {UNIT_PRICES[number - 1]}",
            f"{number} request": bid.arrival.request_sha256,
            **{f"{number} user {n}": user.name for n, user in enumerate(people)},
            **{f"{number} user's id {n}": str(user.pk) for n, user in enumerate(people)},
            **{f"{number} address {n}": user.email for n, user in enumerate(people)},
        }
    events = Event.everything.filter(tender=filing.tender, concealed=True)
    found |= {f"event {n}": event.leaf for n, event in enumerate(events)}
    for one in Envelope.objects.all():
        found |= {f"prefix {one.pk}": one.prefix, f"envelope {one.pk}": str(one.pk)}
    return {what: word.encode() for what, word in found.items() if word}


def leaks(answers: Answers, words: Mapping[str, bytes]) -> Iterator[str]:
    """Say who reads which word where. What was asked for by its name is echoed, and no news."""
    for (who, path), answer in answers.items():
        said = answer + _inside(answer)
        for what, word in words.items():
            if word not in said or word.decode() in path:
                continue
            if path.startswith(LISTS_BODIES) and "supplier" in what:
                continue
            # Leaves are public; in a proof a bid's cannot be told from filling.
            if what.startswith("event") and word not in PATH.sub(b"", said):
                continue
            yield f"{who} reads {what} at {path}"


@cache
def _inside(said: bytes) -> bytes:
    """Give what base64 carries, the events and objects of a history for instance."""
    return b"\n".join(base64.b64decode(found) for found in BASE64.findall(said))


def test_nobody_reads_a_word_of_a_bid_before_the_opening(
    filing: Filing, caplog: pytest.LogCaptureFixture
) -> None:
    world = filing.world
    for company, price in zip(world.suppliers[1:], UNIT_PRICES[1:], strict=True):
        filing.file(company, price)
    _noted(filing)
    own = ("bidder", "bidder's administrator", *OTHER_BIDDERS)
    assert len(canaries(filing)) > 40
    caplog.clear()
    caplog.set_level(logging.DEBUG)

    found = list(leaks(everything(filing, *own), canaries(filing)))
    filing.case.tender = opened.close(world, filing.case.tender)
    deliver(world.now)
    found += leaks(everything(filing, *own), canaries(filing))
    opened.come(world, filing.case.tender)
    opened.ask(world, filing.case.tender)
    tried(world, filing.case.tender)
    disclosed(world, filing.case.tender)
    released(world, filing.case.tender)
    found += leaks(everything(filing, *own, *SEATS), canaries(filing))

    assert not found, "\n".join(found)
    logged = "\n".join(record.getMessage() for record in caplog.records if _ours(record))
    asked = filing.case.ids.values()  # a refusal is logged with the address that was asked for
    for what, word in canaries(filing).items():
        assert word.decode() in asked or word.decode() not in logged, what


def test_a_rival_reads_of_other_bids_what_a_stranger_does(filing: Filing) -> None:
    world = filing.world
    filing.file(filing.cast.rival, UNIT_PRICES[1])
    opened.witnessed(world)
    everybody_else = EVERYONE - {"bidder", "bidder's administrator"}
    words = {what: word for what, word in canaries(filing).items() if what.startswith("2 ")}
    bidder = everything(filing, *(EVERYONE - {"bidder"}))
    read = {leak.split(" at ")[0] for leak in leaks(bidder, canaries(filing))}
    assert {f"bidder reads 1 {what}" for what in ("bid", "receipt", "manifest")} <= read

    found = list(leaks(everything(filing, *everybody_else), words))
    filing.case.tender = opened.close(world, filing.case.tender)
    found += leaks(everything(filing, *everybody_else), words)

    assert not found, "\n".join(found)


def test_one_bid_and_three_bids_look_the_same(filing: Filing) -> None:
    world = filing.world
    _noted(filing)

    one = _before_and_after_the_close(filing)
    with_three = _before_and_after_the_close(filing, world.suppliers[1:])

    assert one.keys() == with_three.keys()
    assert sum(said.startswith(b"200") for said in one.values()) > 1_000
    different = [
        f"{who} at {path}, {when}: {_difference(said, with_three[when, who, path])}"
        for (when, who, path), said in one.items()
        if said != with_three[when, who, path]
    ]
    assert not different, "\n".join(different[:40])


def test_after_the_opening_only_what_is_announced_is_read(filing: Filing) -> None:
    world, tender = filing.world, filing.case.tender
    filing.file(filing.cast.rival, UNIT_PRICES[1])
    filing.file(world.suppliers[2], UNIT_PRICES[2])
    assert tender is not None
    withdrawn_bid(world, world.suppliers[2], filing.bids[2].bid)
    tender = filing.case.tender = opened.close(world, tender)
    opened.requested(world, tender)
    tried(world, tender)
    disclosed(world, tender)
    released(world, tender)
    opened.proceed(world)
    opened.sign_minutes(world, tender)
    deliver(world.now)
    filing.case.ids["opened"] = filing.bids[0].bid.digest
    insiders = ("bidder", "bidder's administrator", *OTHER_BIDDERS)

    answers = everything(filing, *insiders)

    announced = b"".join(answers[STRANGER, path] for path in addresses(filing))
    assert b"10376492.13" in announced  # ten pieces at the first price, and the tax
    kept = ("price", "document", "user", "address", "nonce", "form", "prefix", "envelope")
    words = {
        what: word
        for what, word in canaries(filing).items()
        if what.startswith("3 ") or any(f" {kind}" in f" {what}" for kind in kept)
    }
    found = [leak for leak in leaks(answers, words) if not _theirs_to_read(leak)]
    assert not found, "\n".join(found)


def _theirs_to_read(leak: str) -> bool:
    """Tell whether somebody reads what is theirs: the award a file, a holder the set to try."""
    who, _, rest = leak.partition(" reads ")
    if who in ("proposer", "decider", "overseer") and "/opened-bids/" in rest:
        return True
    if who == "overseer" and rest.endswith(("/timeline", "/bundle")):
        return True
    return who in SEATS and rest.endswith("/opening/set") and "nonce" in rest


def _before_and_after_the_close(
    filing: Filing, others: list[Company] | None = None
) -> dict[tuple[str, str, str], bytes]:
    """Read everything before and after the close; what was done for it is undone."""
    world, began, tender = filing.world, filing.world.now, filing.case.tender
    hidden = (*OTHER_BIDDERS,)  # they see their own
    with rolled_back():
        for company, price in zip(others or [], UNIT_PRICES[1:], strict=False):
            filing.file(company, price)
        _constraints_now()
        for _ in range(3):
            opened.witnessed(world)
        deliver(world.now)
        before = everything(filing, *hidden)
        filing.case.tender = opened.close(world, tender)
        deliver(world.now)
        after = everything(filing, *hidden)
    del filing.bids[1:]
    filing.case.tender = tender
    world.wind_to(began)
    read = {("before", *key): masked(said) for key, said in before.items()}
    return read | {("after", *key): masked(said) for key, said in after.items()}


def masked(said: bytes) -> bytes:
    """Take out what differs between any two runs: instants, random salts' digests, signatures."""
    head, _, body = said.partition(b"\n\n")
    if any(kind.encode() in head for kind in BINARY):
        return head + str(len(body)).encode()
    for pattern in (INSTANT, DIGEST, SIGNATURE, ROOT, PATH, INDEX):
        head, body = pattern.sub(b"-", head), pattern.sub(b"-", body)
    return head + b"\n\n" + body


def _difference(one: bytes, other: bytes) -> str:
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    at = min(len(one), len(other)) if at is None else at
    return f"{one[max(0, at - 60) : at + 60]!r} / {other[max(0, at - 60) : at + 60]!r}"


def _noted(filing: Filing) -> None:
    """Let the log and the papers follow."""
    deliver(filing.world.now)
    opened.witnessed(filing.world)


def _constraints_now() -> None:
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _ours(record: logging.LogRecord) -> bool:
    return record.name.startswith(("daylight", "django.request", "bidding", "procurement", "api"))
