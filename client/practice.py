"""``daylight practice``: what the platform does, on plain files, for exercises and the demo.

Everything made here says that it is practice: the log's origin, the rule pack's name and the
title. No real tender can be made with it, as no anchors name these keys.
"""

import argparse
import hashlib
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from bidding.sealed.bid import Bid, Bidder
from bidding.sealed.manifest import Manifest
from bidding.sealed.opening import Close, ClosedBid, Request
from client.files import new_folder, read_json, read_small, write_new
from client.keys import load_key
from client.output import GOOD, Output, Stopped
from procurement.proof.age import encrypt_bytes
from procurement.proof.age_keys import Recipient
from procurement.proof.instants import format_instant
from procurement.proof.notes import Verifier
from procurement.texts import Text
from tenders.form import ResponseForm
from tenders.notice import Budget, Classified, Gate, Lot, Notice, Pack, SignatureRules
from tenders.panel.holders import HolderPublic
from tenders.panel.keyset import KeyPair, Keyset, Opener, Rehearsal, RehearsalAnswer
from tenders.response_form import faults_of_form

ORIGIN = "practice.invalid/log"
NO_ANCHORS = hashlib.sha256(b"practice: there are no anchors").hexdigest()
PACK = Pack(
    "practice",
    1,
    3,
    60,
    5,
    1,
    "quorum",
    public_opening=True,
    question_extensions=0,
    question_extension_seconds=0,
)  # the training pack's periods
DELTA_SECONDS = 10
CHALLENGES = Text("{path}: {count} challenges, for practice", "{path}：{count} 份演练题，仅供练习")
NO_ANSWER = Text(
    "{holder} has not answered: {path} is missing.", "{holder} 尚未应答演练：缺少 {path}。"
)
WRONG_ANSWER = Text(
    "The answer of {holder} is to another challenge.", "{holder} 应答的是另一份演练题。"
)
ALL_ANSWERED = Text(
    "All {count} holders have shown that they can decrypt and sign.",
    "全部 {count} 名持有人均已证明能够解密和签名。",
)
REQUESTED = Text(
    "{path}: close and request over {count} bids, for practice",
    "{path}：{count} 份投标的封存记录和开标申请，仅供练习",
)
ONLY_SIGNS = Text(
    "{path}: this key signs and cannot open anything.", "{path}：该密钥只用于签名，不能解密。"
)
WRITTEN = Text("{path} and {note}: for practice only", "{path} 和 {note}：仅供练习")


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``practice keyset``, ``challenges``, ``answers``, ``notice`` and ``request``."""
    practice = commands.add_parser("practice", help="play the platform's part, for exercises")
    group = practice.add_subparsers(dest="practice_command", required=True, metavar="COMMAND")

    keyset = group.add_parser("keyset", help="a keyset of public key files")
    keyset.add_argument("--tender", required=True, metavar="UUID")
    keyset.add_argument("--k", type=int, required=True, help="so many openers open")
    keyset.add_argument("--opener", type=Path, action="append", required=True)
    keyset.add_argument("--timekeeper", type=Path, required=True)
    keyset.add_argument("--escrow", type=Path, action="append", required=True, help="twice")
    _signed(keyset)
    keyset.set_defaults(run=run_keyset)

    challenges = group.add_parser("challenges", help="a rehearsal challenge for every holder")
    challenges.add_argument("--keyset", type=Path, required=True)
    challenges.add_argument("--out", type=Path, required=True, metavar="DIR")
    challenges.set_defaults(run=run_challenges)

    answers = group.add_parser("answers", help="check the answers, DIR/<holder>.note")
    answers.add_argument("folder", type=Path, metavar="DIR")
    answers.add_argument("--keyset", type=Path, required=True)
    answers.set_defaults(run=run_answers)

    notice = group.add_parser("notice", help="a notice for one lot")
    notice.add_argument("--keyset", type=Path, required=True)
    notice.add_argument("--form", type=Path, required=True, help="the response form")
    notice.add_argument("--lot", default="lot-1")
    notice.add_argument("--title", default="A tender")
    notice.add_argument("--closes-in", type=int, default=3600, metavar="SECONDS")
    _signed(notice)
    notice.set_defaults(run=run_notice)

    request = group.add_parser("request", help="close over sealed envelopes, and ask for opening")
    request.add_argument("sealed", type=Path, nargs="+", metavar="SEALED_DIR")
    request.add_argument("--notice", type=Path, required=True)
    request.add_argument("--opener", type=int, action="append", required=True, help="who is there")
    request.add_argument("--out", type=Path, required=True, metavar="DIR")
    request.set_defaults(run=run_request)


def _signed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--agency", type=Path, required=True, help="the agency's key file")
    parser.add_argument("--passphrase-file", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="NAME.json; NAME.note beside it")


def run_keyset(args: argparse.Namespace, out: Output) -> int:
    """Fix the keys of a practice tender and sign them."""
    openers = tuple(
        Opener(i, str(uuid4()), keys.recipient, keys.verifier)
        for i, keys in enumerate(map(_public, args.opener), start=1)
    )
    keyset = Keyset(
        tender=args.tender,
        suite="age-v1-x25519",
        k=args.k,
        n=len(openers),
        openers=openers,
        timekeeper=_public(args.timekeeper),
        escrow=tuple(map(_public, args.escrow)),
        log_origin=ORIGIN,
        witness_policy_series=0,
    )
    return _write_signed(args, out, Keyset.of(keyset.to_json()))


def run_challenges(args: argparse.Namespace, out: Output) -> int:
    """Write a challenge for each holder, and beside them what the answers must be."""
    keyset = Keyset.read(read_small(args.keyset))
    expected = {}
    with new_folder(args.out) as folder:
        for holder, keys in keyset.holders().items():
            challenge = Rehearsal(keyset.digest(), holder, os.urandom(32))
            expected[holder] = challenge.digest()
            sealed = encrypt_bytes(challenge.canonical(), Recipient.decode(keys.recipient))
            write_new(folder / f"{holder}.age", sealed)
        write_new(folder / "expected.json", json.dumps(expected).encode(), secret=True)
    out.say(CHALLENGES, path=args.out, count=len(expected))
    out.answer(folder=str(args.out), holders=sorted(expected))
    return GOOD


def run_answers(args: argparse.Namespace, out: Output) -> int:
    """Check that every holder answered, with the right hash and the right key."""
    keyset = Keyset.read(read_small(args.keyset))
    expected = read_json(args.folder / "expected.json")
    for holder, keys in keyset.holders().items():
        path = args.folder / f"{holder}.note"
        if not path.is_file():
            raise Stopped("no-answer", NO_ANSWER, holder=holder, path=path)
        answer = RehearsalAnswer.open(read_small(path), Verifier.parse(keys.verifier))
        right = keyset.digest(), holder, expected[holder]
        if (answer.keyset, answer.holder, answer.challenge) != right:
            raise Stopped("wrong-answer", WRONG_ANSWER, holder=holder)
    out.say(ALL_ANSWERED, count=len(expected))
    out.answer(answered=sorted(expected))
    return GOOD


def run_notice(args: argparse.Namespace, out: Output) -> int:
    """Write a notice over a keyset and a response form, and sign it."""
    keyset, form = Keyset.read(read_small(args.keyset)), read_json(args.form)
    if faults := faults_of_form(form):
        text = Text("The response form is not sound.", "响应表有误。")
        raise Stopped("bad-form", text, faults=faults)
    agency = load_key(args.agency, args.passphrase_file, out)
    closes_at = datetime.now(UTC) + timedelta(seconds=args.closes_in)
    title = {"en": f"PRACTICE: {args.title}", "zh": f"演练：{args.title}"}
    notice = Notice(
        tender=keyset.tender,
        version=1,
        previous=None,
        reason=None,
        agency=agency.note_signer().verifier,
        title=title,
        description={},
        procedure="open",
        budget=Budget("1000000.00", "CNY"),
        validity_days=30,
        keyset=keyset.digest(),
        questions_until=None,
        answers_until=None,
        closes_at=closes_at,
        gates=(Gate(args.lot, "offer", closes_at),),
        delta_seconds=DELTA_SECONDS,
        documents=(),
        lots=(Lot(args.lot, title, "price", _classified(form, args.lot)),),
        response_form=form,
        signatures=SignatureRules(),
        pack=PACK,
        anchors=NO_ANCHORS,
    )
    return _write_signed(args, out, Notice.of(notice.to_json()), format_instant(closes_at))


def run_request(args: argparse.Namespace, out: Output) -> int:
    """Close over these envelopes, a bid for each, and request their opening."""
    notice = Notice.read(read_small(args.notice))
    manifests = [Manifest.read(read_small(path / "manifest.json")) for path in args.sealed]
    bids = [_bid(notice, manifest) for manifest in manifests]
    close = Close(
        tender=notice.tender,
        notice=notice.digest(),
        closes_at=notice.closes_at,
        count=len(bids),
        bids=tuple(ClosedBid(bid.digest(), bid.lot) for bid in sorted(bids, key=Bid.digest)),
        last_concealed=None,
    )
    openers = tuple(sorted(args.opener))
    request = Request(notice.tender, "offer", Close.of(close.to_json()).digest(), openers)
    Request.of(request.to_json())
    with new_folder(args.out) as folder:
        write_new(folder / "close.json", close.canonical())
        write_new(folder / "request.json", request.canonical())
        for bid in bids:
            write_new(folder / f"bid-{bid.digest()[:16]}.json", bid.canonical())
    out.say(REQUESTED, path=args.out, count=len(bids))
    out.answer(folder=str(args.out), request=request.digest(), bids=len(bids))
    return GOOD


def _classified(form: dict[str, Any], lot: str) -> tuple[Classified, ...]:
    table = ResponseForm.of(form).table(lot)
    if table is None:
        text = Text("The response form has no lot {lot}.", "响应表中没有标段 {lot}。")
        raise Stopped("no-such-lot", text, lot=lot)
    return tuple(Classified(item.id, "PRACTICE", "0") for item in table.items)


def _bid(notice: Notice, manifest: Manifest) -> Bid:
    bidder = Bidder(manifest.bidder, (manifest.bidder,))
    envelopes = {manifest.envelope: manifest.digest()}
    bid = Bid(notice.tender, manifest.lot, 1, None, notice.digest(), bidder, envelopes)
    return Bid.of(bid.to_json())


def _public(path: Path) -> KeyPair:
    public = HolderPublic.read(read_small(path))
    if public.recipient is None:
        raise Stopped("only-signs", ONLY_SIGNS, path=path)
    return KeyPair(public.recipient, public.verifier)


def _write_signed(
    args: argparse.Namespace, out: Output, made: Keyset | Notice, closes_at: str | None = None
) -> int:
    signer = load_key(args.agency, args.passphrase_file, out).note_signer()
    note = args.out.with_suffix(".note")
    write_new(args.out, made.canonical())
    write_new(note, made.sign(signer))
    out.say(WRITTEN, path=args.out, note=note)
    facts: dict[str, Any] = {} if closes_at is None else {"closes_at": closes_at}
    out.answer(json=str(args.out), note=str(note), digest=made.digest(), **facts)
    return GOOD
