"""What the author of a signature allowed is the most that may follow it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec
from pyhanko.stamp import TextStampStyle

from signatures.pdf.certification import Lock
from signatures.pdf.policy import Policy
from signatures.pdf.report import Report, Verdict
from signatures.pdf.signing import _Stamper, _with_document_timestamp, _with_evidence
from tests.signatures.certifying import certified, signed_with, waiting
from tests.signatures.documents import Practice, appended, plain_pdf

N = generic.NameObject
ANYBODY = Policy()
ACCEPTED = (Verdict.VALID, Verdict.VALID_WITH_REMARKS)
LEVELS = (MDPPerm.NO_CHANGES, MDPPerm.FILL_FORMS, MDPPerm.ANNOTATE)


def _changes(report: Report) -> str:
    assert report.verdict is Verdict.INVALID
    assert "changed-after-signing" in report.codes
    return "; ".join(change for each in report.signatures for change in each.changes)


@pytest.mark.parametrize("level", LEVELS)
def test_a_certified_file_is_valid_and_may_be_kept_for_long(
    practice: Practice, level: MDPPerm
) -> None:
    alone = certified(practice, plain_pdf(), level)
    evidence = _with_evidence(alone, _contents(alone), practice.evidence())
    kept = asyncio.run(_with_document_timestamp(evidence, _Stamper(practice.tsa)))

    for pdf in (alone, evidence, kept):
        assert (practice.judged(pdf).verdict, practice.judged(pdf).codes) == (Verdict.VALID, ())


def _contents(pdf: bytes) -> bytes:
    start = pdf.index(b"/Contents <30") + 11
    return bytes.fromhex(pdf[start : pdf.index(b">", start)].decode())


def test_a_partner_may_sign_where_the_author_allows_it_and_not_where_nothing_may_change(
    practice: Practice,
) -> None:
    reports = {}
    for level in LEVELS:
        alone = certified(practice, waiting(plain_pdf()), level)
        both = signed_with(practice, alone, field="Partner", key=practice.key_of())
        reports[level] = practice.judged(both, policy=ANYBODY)

    assert reports[MDPPerm.FILL_FORMS].verdict is Verdict.VALID
    assert reports[MDPPerm.ANNOTATE].verdict is Verdict.VALID
    assert _changes(reports[MDPPerm.NO_CHANGES]) == (
        "the signature Partner, on a document that Author certified against any change"
    )


def _note(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    note = {
        N("/Type"): N("/Annot"),
        N("/Subtype"): N("/FreeText"),
        N("/Rect"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 300, 300))),
        N("/Contents"): generic.pdf_string("1.00"),
    }
    added = writer.add_object(generic.DictionaryObject(note))
    page["/Annots"] = generic.ArrayObject([added])
    writer.update_container(page)


@pytest.mark.parametrize("level", LEVELS)
def test_an_annotation_on_a_certified_file_is_a_change_whatever_the_author_allowed(
    practice: Practice, level: MDPPerm
) -> None:
    """Evil annotation attack (EAA): level 3 would let it pass."""
    evil = appended(certified(practice, plain_pdf(), level), _note)

    assert "an annotation on a certified document: /FreeText" in _changes(practice.judged(evil))


@pytest.mark.parametrize("level", LEVELS)
def test_a_visible_signature_that_nobody_asked_for_is_a_change(
    practice: Practice, level: MDPPerm
) -> None:
    """Sneaky signature attack (SSA), with a field of the attacker's own."""
    sneaky = signed_with(
        practice,
        certified(practice, plain_pdf(), level),
        field="Sneaky",
        key=practice.key_of(),
        spec=SigFieldSpec("Sneaky", on_page=0, box=(40, 140, 260, 180)),
        stamp=TextStampStyle(stamp_text="1.00"),
    )

    what = "a stamped signature Sneaky in a visible area of a certified document"
    assert what in _changes(practice.judged(sneaky, policy=ANYBODY))


BLANK, OVER_THE_PRICE = (40, 20, 260, 60), (40, 140, 260, 180)


@pytest.mark.parametrize(
    ("box", "hides"), [pytest.param(BLANK, False, id="beside"), (OVER_THE_PRICE, True)]
)
def test_a_stamp_may_fill_the_area_that_waited_for_it_and_not_cover_what_was_certified(
    practice: Practice, box: tuple[int, int, int, int], hides: bool
) -> None:
    """Sneaky signature attack (SSA), in a field that was there."""
    form = waiting(plain_pdf(), on_page=0, box=box)
    stamped = signed_with(
        practice,
        certified(practice, form, MDPPerm.FILL_FORMS),
        field="Partner",
        key=practice.key_of(),
        stamp=TextStampStyle(stamp_text="1.00"),
    )

    report = practice.judged(stamped, policy=ANYBODY)

    if hides:
        assert _changes(report) == (
            "a stamped signature Partner in a visible area of a certified document, "
            "covers what was signed on page 1"
        )
    else:
        assert (report.verdict, report.signatures[0].changes) == (Verdict.VALID, ())


# -- fields that a signature locked ----------------------------------------------------------------


def _locking(practice: Practice, action: FieldMDPAction, fields: list[str], **how: Any) -> Report:
    """Let a first signer lock fields and a partner sign one of two that wait."""
    form = waiting(waiting(plain_pdf()), "Other")
    lock = FieldMDPSpec(action, fields)
    first = SigFieldSpec("First", field_mdp_spec=lock, **how)
    alone = signed_with(practice, form, field="First", spec=first)
    assert practice.judged(alone).verdict in ACCEPTED
    both = signed_with(practice, alone, field="Partner", key=practice.key_of())
    return practice.judged(both, policy=ANYBODY)


@pytest.mark.parametrize(
    ("action", "fields", "locked"),
    [
        pytest.param(FieldMDPAction.ALL, [], True, id="all fields"),
        pytest.param(FieldMDPAction.INCLUDE, ["Partner"], True, id="this field"),
        pytest.param(FieldMDPAction.INCLUDE, ["Other"], False, id="another field"),
        pytest.param(FieldMDPAction.EXCLUDE, ["Partner"], False, id="all but this field"),
        pytest.param(FieldMDPAction.EXCLUDE, ["Other"], True, id="all but another field"),
    ],
)
def test_a_field_that_a_signer_locked_is_not_signed_later(
    practice: Practice, action: FieldMDPAction, fields: list[str], locked: bool
) -> None:
    report = _locking(practice, action, fields)

    if locked:
        assert _changes(report) == "the field Partner, which First had locked"
    else:
        assert report.verdict in ACCEPTED


def test_a_lock_may_forbid_everything(practice: Practice) -> None:
    report = _locking(
        practice,
        FieldMDPAction.INCLUDE,
        ["Other"],
        doc_mdp_update_value=MDPPerm.NO_CHANGES,
    )

    assert _changes(report) == (
        "the signature Partner, on a document that First locked against any change"
    )


def test_a_lock_holds_what_is_part_of_a_field() -> None:
    lock = Lock("/Include", frozenset({"prices"}))

    assert [lock.holds(name) for name in ("prices", "prices.total", "pricesheet")] == [
        True,
        True,
        False,
    ]


# -- certifications that are none ------------------------------------------------------------------


def test_a_certification_that_is_not_the_first_signature_is_refused(practice: Practice) -> None:
    late = certified(
        practice, practice.sign(plain_pdf()), MDPPerm.FILL_FORMS, key=practice.key_of()
    )

    report = practice.judged(late, policy=ANYBODY)

    assert report.verdict is Verdict.INVALID
    assert {"certified-late", "changed-after-signing"} <= set(report.codes)


def _certifying_again(writer: IncrementalPdfFileWriter) -> None:
    """Take the old certification out of the catalog, so that pyHanko makes another."""
    del writer.root["/Perms"]
    writer.update_root()


def test_a_second_certification_is_refused(practice: Practice) -> None:
    once = certified(practice, plain_pdf(), MDPPerm.FILL_FORMS)
    twice = signed_with(
        practice,
        once,
        field="Second",
        certify=MDPPerm.FILL_FORMS,
        key=practice.key_of(),
        tamper=_certifying_again,
    )

    report = practice.judged(twice, policy=ANYBODY)

    assert report.verdict is Verdict.INVALID
    assert {"certified-twice", "changed-after-signing"} <= set(report.codes)


def _permissions(**entries: str) -> Callable[[IncrementalPdfFileWriter], None]:
    """Let the catalog name permissions that rest on no signature of a person."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        named = {
            N(f"/{name}"): writer.add_object(
                generic.DictionaryObject({N("/Type"): N("/Sig"), N("/SubFilter"): N(subfilter)})
            )
            for name, subfilter in entries.items()
        }
        writer.root["/Perms"] = generic.DictionaryObject(named)
        writer.update_root()

    return change


def test_usage_rights_are_named_and_are_nobodys_signature(practice: Practice) -> None:
    vendor = appended(plain_pdf(), _permissions(UR3="/adbe.pkcs7.detached"))

    assert practice.judged(vendor).codes == ("unsigned", "usage-rights")
    report = practice.judged(practice.sign(vendor))
    assert (report.verdict, report.codes) == (Verdict.VALID_WITH_REMARKS, ("usage-rights",))


def test_a_catalog_that_names_a_certification_which_is_none_is_refused(practice: Practice) -> None:
    claimed = appended(plain_pdf(), _permissions(DocMDP="/ETSI.CAdES.detached"))

    assert practice.judged(practice.sign(claimed)).codes == ("certification-unreadable",)


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        pytest.param(b"/P 2", b"/P 4", id="a level of its own"),
        pytest.param(b"/P 2\n", b"/P(2)", id="no level"),
        pytest.param(b"/TransformMethod", b"/TransformMethoe", id="no method"),
    ],
)
def test_a_certification_that_cannot_be_understood_is_refused(
    practice: Practice, written: bytes, instead: bytes
) -> None:
    pdf = certified(practice, plain_pdf(), MDPPerm.FILL_FORMS)
    assert written in pdf

    report = practice.judged(pdf.replace(written, instead))

    assert report.verdict is Verdict.INVALID
    assert "certification-unreadable" in report.codes
