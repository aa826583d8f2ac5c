"""Step 10: since when a signature is proven to exist.

In this order: a timestamp over the signature's value, a timestamp over the document, the time T at
which the file was received. A timestamp counts when its own signature verifies over these very
bytes, its authority is in the store of time-stamping authorities, ``genTime <= T + skew``, and its
authority's key was out of doubt when the timestamp is known to have existed. One timestamp over
another proves that, and may not say an earlier time.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice, product

from asn1crypto import cms, x509
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

from signatures.pdf import algorithms
from signatures.pdf.anchors import Anchors
from signatures.pdf.catalogue import CATALOGUE
from signatures.pdf.chain import NoPath, common_name, path_to
from signatures.pdf.envelope import BrokenSignature, Envelope, single_signer, verify_value
from signatures.pdf.evidence import Store
from signatures.pdf.malformed import MALFORMED
from signatures.pdf.policy import Policy
from signatures.pdf.reading import Exhausted
from signatures.pdf.report import Finding, Indication, TimestampFinding, instant
from signatures.pdf.revocations import UNKNOWN, Instants, revocation
from signatures.pdf.source import Source
from signatures.pdf.stampers import in_doubt_by, unfit

MOST_TOKENS = 16  # over one signature; one is usual
Stamps = Sequence[tuple[int, Sequence[TimestampFinding]]]


@dataclass(frozen=True)
class Moment:
    """The best proven time of a signature, and what proves it."""

    at: datetime
    source: str  # "signature-timestamp", "document-timestamp", "receipt"


@dataclass(frozen=True)
class Question:
    """What every timestamp of a file is judged against."""

    anchors: Anchors
    store: Store
    policy: Policy
    received_at: datetime


def signature_timestamps(
    envelope: Envelope, question: Question, exists_by: datetime
) -> list[TimestampFinding]:
    """Judge the timestamps over the value of a signature (ETSI EN 319 122-1, 5.3)."""
    value: bytes = envelope.signer_info["signature"].native
    try:
        tokens = _tokens(envelope, signed=False)
    except MALFORMED as error:
        return [_broken("signature", "", f"unreadable ({type(error).__name__})")]
    return [
        judge_token(
            "signature",
            token,
            lambda name: Source(value).digest(name, (0, len(value))),
            question,
            exists_by,
        )
        for token in tokens
    ]


def _tokens(envelope: Envelope, *, signed: bool) -> list[cms.SignedData]:
    """Take the tokens out of a signature.

    :raises Exhausted: for more than ``MOST_TOKENS``.
    """
    tokens = list(
        islice(extract_tst_data_iter(envelope.signer_info, signed=signed), MOST_TOKENS + 1)
    )
    if len(tokens) > MOST_TOKENS:
        raise Exhausted("timestamps", MOST_TOKENS)
    return tokens


def content_timestamps(
    envelope: Envelope, source: Source, question: Question, exists_by: datetime
) -> list[TimestampFinding]:
    """Judge the timestamps over what was signed, which were there first (EN 319 122-1, 5.2.8)."""
    try:
        tokens = _tokens(envelope, signed=True)
    except MALFORMED as error:
        return [_broken("content", "", f"unreadable ({type(error).__name__})")]
    imprint = partial(envelope.file_digest, source)
    return [judge_token("content", token, imprint, question, exists_by) for token in tokens]


def judge_token(
    kind: str,
    token: cms.SignedData,
    imprint: Callable[[str], bytes],
    question: Question,
    exists_by: datetime,
) -> TimestampFinding:
    """Judge one RFC 3161 token; ``imprint`` hashes what it has to be about.

    ``kind`` is ``signature``, ``document`` or ``content``. ``exists_by`` is when the token is known
    to have existed, whatever it says itself.
    """
    authority, at = "", None
    try:
        info = token["encap_content_info"]["content"].parsed
        at = info["gen_time"].native
        certificate, others = single_signer(token)
        authority = common_name(certificate)
        stated = info["message_imprint"]
        name = str(stated["hash_algorithm"]["algorithm"].native)
        if not algorithms.is_known_digest(name):
            return _failed(kind, at, authority, Finding.of("unsupported-algorithm", algorithm=name))
        if stated["hashed_message"].native != imprint(name):
            return _broken(kind, authority, "it was made over something else")
        verify_value(token, certificate, "tst_info", None)
        wrong = unfit(token, certificate)
    except BrokenSignature as broken:
        return _broken(kind, authority, broken.finding.code)
    except MALFORMED as error:
        return _broken(kind, authority, f"unreadable ({type(error).__name__})")

    if wrong is not None:
        return _failed(kind, at, authority, wrong)
    if _is_weak(token, certificate, name, exists_by):
        return _failed(kind, at, authority, _not_accepted(authority))
    if at > question.received_at + question.policy.clock_skew:
        late = Finding.of(
            "timestamp-after-receipt", stamped=instant(at), at=instant(question.received_at)
        )
        return _failed(kind, at, authority, late)
    return _trusted(kind, at, certificate, others, question, exists_by)


def _trusted(
    kind: str,
    at: datetime,
    certificate: x509.Certificate,
    others: list[x509.Certificate],
    question: Question,
    exists_by: datetime,
) -> TimestampFinding:
    authority = common_name(certificate)
    not_accepted = _not_accepted(authority)
    try:
        path = path_to(question.anchors.tsa_at(at), certificate, others, question.store, at=at)
    except NoPath:
        return _failed(kind, at, authority, not_accepted)
    when = Instants(at, question.received_at)
    known = revocation(path, others, question.store, when=when, required=True)
    if any(finding.code == "revoked" for finding in known):
        return _failed(kind, at, authority, not_accepted)
    if any(finding.code in UNKNOWN for finding in known):
        unconfirmed = Finding.of("timestamp-unconfirmed", authority=authority)
        return _failed(kind, at, authority, unconfirmed)
    if doubt := in_doubt_by(path, others, question.store, exists_by):
        return _failed(kind, at, authority, doubt)
    return TimestampFinding(kind, at, authority, Indication.PASSED)


def _is_weak(
    token: cms.SignedData, certificate: x509.Certificate, imprint: str, exists_by: datetime
) -> bool:
    """Say whether a token could have been forged by then; what it says of its time is no proof."""
    made = algorithms.weaknesses(token["signer_infos"][0], certificate, at=exists_by)
    return bool(made) or algorithms.is_weak_digest(imprint, at=exists_by)


def _not_accepted(authority: str) -> Finding:
    return Finding.of("timestamp-not-accepted", authority=authority)


def known_by(over: Iterable[TimestampFinding], received: datetime) -> datetime:
    """Say by when something is known to have existed: by a timestamp over it, else by T."""
    return min([received, *_proven(over)])


def out_of_order(inner: Stamps, outer: Stamps, skew: timedelta) -> list[Finding]:
    """Name a timestamp that says an earlier time than one which it covers.

    Each stands with the offset up to which bytes were there when it was made.
    """
    found: list[Finding] = []
    for end, over in outer:
        held = [one for before, stamps in inner if before < end for one in _passed(stamps)[-1:]]
        for (early, authority), (late, other) in product(_passed(over)[:1], sorted(held)[-1:]):
            if early + skew < late:
                facts = {"stamped": instant(early), "at": instant(late)}
                named = {"authority": authority, "other": other}
                found.append(Finding.of("timestamps-out-of-order", **facts, **named))
    return found


def _passed(timestamps: Iterable[TimestampFinding]) -> list[tuple[datetime, str]]:
    """Give the times that are proven, with who stamped them, the earliest first."""
    passed = (one for one in timestamps if one.indication is Indication.PASSED)
    return sorted((one.at, one.authority) for one in passed if one.at is not None)


def _proven(timestamps: Iterable[TimestampFinding]) -> list[datetime]:
    return [at for at, _ in _passed(timestamps)]


def best_moment(
    own: Iterable[TimestampFinding], over_document: Iterable[TimestampFinding], received: datetime
) -> Moment:
    """Choose the earliest proof of the best kind; ``over_document`` are those that cover it."""
    for source, timestamps in (
        ("signature-timestamp", own),
        ("document-timestamp", over_document),
    ):
        if proven := _proven(timestamps):
            return Moment(min(*proven, received), source)
    return Moment(received, "receipt")


def _failed(kind: str, at: datetime | None, authority: str, finding: Finding) -> TimestampFinding:
    sub = CATALOGUE[finding.code].sub_indication or "NO_CERTIFICATE_CHAIN_FOUND"
    return TimestampFinding(kind, at, authority, Indication.INDETERMINATE, sub, finding)


def _broken(kind: str, authority: str, what: str) -> TimestampFinding:
    finding = Finding.of("timestamp-broken", authority=authority, what=what)
    sub = CATALOGUE[finding.code].sub_indication
    return TimestampFinding(kind, None, authority, Indication.FAILED, sub, finding)
