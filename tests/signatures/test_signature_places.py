"""A signature is its own hex string, in its own dictionary, in a field that says what it is."""

import io
import re
from collections.abc import Callable

import pikepdf
import pytest
from asn1crypto import cms

from signatures.pdf.certificates import brought_along
from signatures.pdf.policy import Limits, Policy
from signatures.pdf.report import Report, Verdict
from tests.signatures.documents import POLICY, Practice, increment, plain_pdf
from tests.signatures.forging import contents_of, with_contents

_RANGE = re.compile(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\] *")


@pytest.fixture(scope="module")
def signed(practice: Practice) -> bytes:
    return practice.sign(plain_pdf())


def said(report: Report) -> tuple[tuple[str, ...], str]:
    """What was found, and the words of the first finding."""
    return report.codes, dict(report.findings[0].facts).get("what", "")


# The hex string that nobody signs


def _ranged(pdf: bytes, first: int, second: int, more: bytes = b"") -> bytes:
    """Leave other bytes unsigned; ``more`` goes into the room that the writer left."""
    found = _RANGE.search(pdf)
    assert found is not None
    text = b"/ByteRange [0 %d %d %d]" % (first, second, len(pdf) - second) + more
    assert len(text) <= len(found.group())
    return pdf.replace(found.group(), text.ljust(len(found.group())))


def _own(pdf: bytes) -> tuple[int, int]:
    found = _RANGE.search(pdf)
    assert found is not None
    return int(found.group(1)), int(found.group(2))


def _identifier(pdf: bytes, *, last: bool) -> tuple[int, int]:
    """Find a hex string of a trailer: the first one of the file, or the last one."""
    start = (pdf.rindex if last else pdf.index)(b"/ID") + 3
    found = re.compile(rb"<[0-9a-f]*>").search(pdf, start)
    assert found is not None
    return found.span()


MISPLACED = [
    pytest.param(
        lambda pdf: _ranged(pdf, *_identifier(pdf, last=False)),
        "its dictionary lies elsewhere",
        id="a hex string before the dictionary",
    ),
    pytest.param(
        lambda pdf: _ranged(pdf, *_identifier(pdf, last=True)),
        "the unsigned gap is not its /Contents",
        id="a hex string behind the dictionary",
    ),
    pytest.param(
        lambda pdf: _ranged(pdf, *_own(pdf)).replace(b"/Contents <", b"/Contentz <"),
        "the unsigned gap is not its /Contents",
        id="a hex string under another name",
    ),
]


@pytest.mark.parametrize(("misplaced", "what"), MISPLACED)
def test_what_is_left_unsigned_is_the_signature_and_no_other_hex_string(
    practice: Practice, signed: bytes, misplaced: Callable[[bytes], bytes], what: str
) -> None:
    assert said(practice.judged(misplaced(signed))) == (("broken-signature",), what)


@pytest.mark.parametrize(
    ("other", "what"),
    [
        pytest.param(b"<00> ", "two different /Contents", id="another value"),
        pytest.param(b"7", "/Contents is no string", id="a number"),
    ],
)
def test_a_dictionary_has_one_contents(
    practice: Practice, signed: bytes, other: bytes, what: str
) -> None:
    """Of two readers one takes the first, and the other the last."""
    first, second = _own(signed)
    more = other + b" /Contents "
    value = signed[first : second - 1 - len(more)] + b">"  # of its zeros there are enough

    doubled = _ranged(signed[:first] + more + value + signed[second:], first + len(more), second)

    report = practice.judged(doubled)
    assert report.verdict is Verdict.INVALID
    assert (report.findings[0].code, said(report)[1]) == ("broken-signature", what)


def test_a_signature_longer_than_is_looked_at_is_broken(practice: Practice, signed: bytes) -> None:
    short = Policy(limits=Limits(contents_bytes=100))

    report = practice.judged(signed, policy=short)

    assert said(report) == (("broken-signature",), "/Contents is too long")


# What stands in it


def _no_signed_data(held: cms.ContentInfo) -> cms.ContentInfo:
    return cms.ContentInfo({"content_type": "data", "content": b"signed"})


def _of_another_type(held: cms.ContentInfo) -> cms.ContentInfo:
    held["content"]["encap_content_info"] = {"content_type": "enveloped_data"}
    return held


def _with_content(held: cms.ContentInfo) -> cms.ContentInfo:
    held["content"]["encap_content_info"] = {"content_type": "data", "content": b"another"}
    return held


@pytest.mark.parametrize(
    ("change", "what"),
    [
        pytest.param(_no_signed_data, "the CMS is no SignedData", id="data"),
        pytest.param(_of_another_type, "it signs something else than the file", id="something"),
        pytest.param(_with_content, "the CMS carries content of its own", id="content inside"),
    ],
)
def test_a_cms_signs_the_file_and_nothing_that_it_brings_along(
    practice: Practice,
    signed: bytes,
    change: Callable[[cms.ContentInfo], cms.ContentInfo],
    what: str,
) -> None:
    held, _ = contents_of(signed)

    spoilt = with_contents(signed, change(held).dump(force=True))

    assert said(practice.judged(spoilt)) == (("broken-signature",), what)


def test_signed_attributes_stand_in_the_one_order_of_der(practice: Practice, signed: bytes) -> None:
    held, _ = contents_of(signed)
    attributes = held["content"]["signer_infos"][0]["signed_attrs"]
    first, second, *_ = (one.dump() for one in attributes)

    swapped = held.dump().replace(first + second, second + first)

    assert said(practice.judged(with_contents(signed, swapped))) == (
        ("broken-signature",),
        "the signed attributes are not in order",
    )


# The field


def _with_fields(*fields: bytes, **objects: bytes) -> bytes:
    """Give a PDF a form of fields as they are written, and objects ``o60`` and so on."""
    pdf = plain_pdf()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        root, body = opened.Root.objgen[0], opened.Root.unparse(resolved=True)
    written = {50 + place: field for place, field in enumerate(fields)}
    listed = b" ".join(b"%d 0 R" % number for number in written)
    written[root] = body[:-2] + b"/AcroForm << /Fields [ %s ] >> >>" % listed
    written |= {int(name[1:]): text for name, text in objects.items()}
    return increment(pdf, written)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"", id="without a value"),
        pytest.param(b"/V null", id="with the value null"),
    ],
)
def test_a_field_without_a_signature_is_noted_as_empty(practice: Practice, value: bytes) -> None:
    report = practice.judged(_with_fields(b"<< /FT /Sig /T (Later) %s >>" % value))

    assert report.codes == ("unsigned", "empty-field")
    assert dict(report.findings[1].facts) == {"field": "Later"}


def test_two_fields_of_one_name_are_noted(practice: Practice) -> None:
    twice = _with_fields(b"<< /FT /Sig /T (Me) >>", b"<< /FT /Sig /T (Me) >>")

    report = practice.judged(practice.sign(twice, field="Signature"))

    assert report.verdict is Verdict.VALID_WITH_REMARKS
    assert report.codes == ("empty-field", "duplicate-field")


@pytest.mark.parametrize(
    ("value", "held", "code"),
    [
        pytest.param(
            b"<< /SubFilter /ETSI.CAdES.detached >>", b"", "unsupported-signature", id="inside"
        ),
        pytest.param(b"60 0 R", b"7", "broken-signature", id="a number"),
        pytest.param(b"60 0 R", b"null", "broken-signature", id="taken away"),
    ],
)
def test_a_value_that_is_no_signature_dictionary_is_named(
    practice: Practice, value: bytes, held: bytes, code: str
) -> None:
    """Were it only empty, a partner could void the signature before and sign alone."""
    report = practice.judged(_with_fields(b"<< /FT /Sig /T (Me) /V %s >>" % value, o60=held))

    assert report.codes == (code,)
    assert report.signatures[0].field == "Me"


def test_a_field_that_has_no_number_of_its_own_is_none(practice: Practice) -> None:
    """A form lists its fields by reference; what stands in the list itself no viewer signs."""
    above = _with_fields(b"<< /T (Above) /Kids [ << /FT /Sig /T (Me) /V 60 0 R >> ] >>", o60=b"7")

    assert practice.judged(above).codes == ("unsigned",)


def test_more_fields_than_are_looked_at_are_undecided(practice: Practice) -> None:
    many = _with_fields(*[b"<< /FT /Tx /T (x) >>"] * 5)

    report = practice.judged(many, policy=Policy(limits=Limits(fields=3)))

    assert (report.verdict, said(report)) == (
        Verdict.UNDECIDED,
        (("resource-count",), "fields"),
    )


def test_a_signature_that_was_taken_out_is_found_in_whatever_list_it_stood(
    practice: Practice,
) -> None:
    pdf = plain_pdf()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        root, body = opened.Root.objgen[0], opened.Root.unparse(resolved=True)[:-2]
    listed = b"50 0 R 50 0 R << /T (no field) >> 51 0 R 52 0 R"
    signed = increment(
        pdf,
        {
            root: body + b"/AcroForm << /Fields [ %s ] >> >>" % listed,
            50: b"<< /FT /Sig /T (Me) /V 60 0 R >>",
            51: b"7",
            52: b"<< /FT /Sig /T (Nobody) /V 61 0 R >>",
            60: b"<< /Type /Sig /ByteRange [ 0 1 2 3 ] /Contents <00> >>",
            61: b"<< /Type ",
        },
    )

    report = practice.judged(increment(signed, {root: body + b"/AcroForm << /Fields [] >> >>"}))

    removed = [one.facts for one in report.findings if one.code == "signature-removed"]
    assert removed == [(("field", "Me"),)]


# The certificate that a signature brings along


def test_of_several_signatures_each_shows_its_own_certificate(practice: Practice) -> None:
    once = practice.sign(plain_pdf(), tsa=practice.tsa, archive=True)
    other = practice.key_of()
    twice = practice.sign(once, other, field="Second")

    for der in (practice.supplier.certificate_der, other.certificate_der):
        sha256 = cms.CertificateChoices("certificate", cms.Certificate.load(der)).chosen.sha256
        assert brought_along(twice, sha256.hex(), POLICY.limits).signer == der
    with pytest.raises(LookupError, match="00ff"):
        brought_along(twice, "00ff", POLICY.limits)
