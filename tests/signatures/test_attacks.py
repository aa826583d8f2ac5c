"""No file that was changed after signing, and no signature that proves nothing, is ever VALID."""

import asyncio
import io
import re
from collections.abc import Callable
from datetime import timedelta

import pikepdf
import pytest
from asn1crypto import algos, cms, tsp
from pyhanko.pdf_utils import embed, generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.timestamps import TimeStamper

from signatures.pdf import active
from signatures.pdf.anchors import Anchors
from signatures.pdf.policy import Policy
from signatures.pdf.report import Report, Verdict
from signatures.pdf.signing import SigningKey, _Stamper, _with_document_timestamp
from signatures.training import TrainingAuthority
from tests.signatures.documents import (
    NOW,
    RECEIVED,
    Practice,
    appended,
    increment,
    plain_pdf,
    table,
)

N = generic.NameObject
ACCEPTED = (Verdict.VALID, Verdict.VALID_WITH_REMARKS)


def _object_of(pdf: bytes, find: Callable[[pikepdf.Pdf], pikepdf.Object]) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return int(find(opened).objgen[0])


def _replaced_page(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(
        generic.StreamObject(stream_data=b"BT /F1 24 Tf 50 150 Td (1.00) Tj ET")
    )
    writer.update_container(page)


def _swapped_pages(writer: IncrementalPdfFileWriter) -> None:
    tree = writer.root["/Pages"]
    first, second = (tree["/Kids"].raw_get(index) for index in range(2))
    tree["/Kids"] = generic.ArrayObject([second, first])
    writer.update_container(tree)


def _other_page_tree(writer: IncrementalPdfFileWriter) -> None:
    old = writer.root["/Pages"]
    writer.root["/Pages"] = writer.add_object(generic.DictionaryObject(old))
    writer.update_root()


def _annotation(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    note = generic.DictionaryObject(
        {
            N("/Type"): N("/Annot"),
            N("/Subtype"): N("/FreeText"),
            N("/Rect"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 300, 300))),
            N("/Contents"): generic.pdf_string("1.00"),
        }
    )
    page["/Annots"] = generic.ArrayObject([*page.get("/Annots", []), writer.add_object(note)])
    writer.update_container(page)


def _form_value(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    field["/V"] = generic.pdf_string("1.00")
    writer.update_container(field)


def _attachment(writer: IncrementalPdfFileWriter) -> None:
    file = embed.EmbeddedFileObject.from_file_data(writer, data=b"another bid")
    embed.embed_file(writer, embed.FileSpec(file_spec_string="b.json", embedded_data=file))


def _script(writer: IncrementalPdfFileWriter) -> None:
    action = {N("/S"): N("/JavaScript"), N("/JS"): generic.pdf_string("app.alert(1)")}
    writer.root["/OpenAction"] = generic.DictionaryObject(action)
    writer.update_root()


def _appearances(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/AcroForm"]["/NeedAppearances"] = generic.BooleanObject(True)
    writer.update_container(writer.root["/AcroForm"])


def _visible_field(writer: IncrementalPdfFileWriter) -> None:
    append_signature_field(writer, SigFieldSpec("Visible", on_page=0, box=(0, 0, 300, 300)))


def _title(writer: IncrementalPdfFileWriter) -> None:
    if "/Info" not in writer.trailer:
        writer.set_info(writer.add_object(generic.DictionaryObject()))
    information = writer.trailer["/Info"]
    information["/Title"] = generic.pdf_string("Another bid")
    writer.update_container(information)


CHANGES = [
    pytest.param(_replaced_page, id="the content of a page is replaced"),
    pytest.param(_swapped_pages, id="two pages change places"),
    pytest.param(_other_page_tree, id="the catalog names another page tree"),
    pytest.param(_annotation, id="an opaque annotation covers a page"),
    pytest.param(_form_value, id="a form value is changed"),
    pytest.param(_attachment, id="an attachment is added"),
    pytest.param(_script, id="a script is added"),
    pytest.param(_appearances, id="the form is told to draw itself anew"),
    pytest.param(_visible_field, id="a visible signature field is added"),
    pytest.param(_title, id="the title is changed"),
]


@pytest.fixture(scope="module")
def form(practice: Practice) -> dict[str, bytes]:
    """A form with a text field, signed at every level, and before it was signed."""
    unsigned = plain_pdf(2, field=True)
    long = {"tsa": practice.tsa, "evidence": practice.evidence()}
    return {
        "unsigned": unsigned,
        "B-B": practice.sign(unsigned),
        "B-LT": practice.sign(unsigned, **long),
        "B-LTA": practice.sign(unsigned, **long, archive=True),
        "streams": practice.sign(
            plain_pdf(2, field=True, object_stream_mode=pikepdf.ObjectStreamMode.generate), **long
        ),
    }


@pytest.mark.parametrize("level", ["B-B", "B-LT", "B-LTA", "streams"])
@pytest.mark.parametrize("change", CHANGES)
def test_an_increment_that_changes_anything_is_named(
    practice: Practice,
    form: dict[str, bytes],
    level: str,
    change: Callable[[IncrementalPdfFileWriter], None],
) -> None:
    report = practice.judged(appended(form[level], change))

    assert report.verdict is Verdict.INVALID
    assert "changed-after-signing" in report.codes
    assert report.signatures[0].changes != ()


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_not_healed_by_a_timestamp_over_it(
    practice: Practice, form: dict[str, bytes], change: Callable[[IncrementalPdfFileWriter], None]
) -> None:
    changed = appended(form["B-B"], change)
    stamped = asyncio.run(_with_document_timestamp(changed, _Stamper(practice.tsa)))

    assert "changed-after-signing" in practice.judged(stamped).codes


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_not_healed_by_a_partners_signature(
    practice: Practice, form: dict[str, bytes], change: Callable[[IncrementalPdfFileWriter], None]
) -> None:
    changed = appended(form["B-B"], change)
    signed = practice.sign(changed, practice.key_of(), field="Partner")

    report = practice.judged(signed, policy=Policy())

    assert report.verdict is Verdict.INVALID
    assert "changed-after-signing" in report.codes


TAILS = [
    pytest.param(b"\n", id="one line feed"),
    pytest.param(b" ", id="one space"),
    pytest.param(b"\0", id="one zero"),
    pytest.param(b"% a comment\n", id="a comment"),
    pytest.param(b"x" * 500, id="half a kilobyte of text"),
    pytest.param(b"1 0 obj\n(1.00)\nendobj\n", id="an object of nobody"),
    pytest.param(None, id="text, then a copy of the old end"),
]


@pytest.mark.parametrize("level", ["B-B", "B-LT", "B-LTA"])
@pytest.mark.parametrize("tail", TAILS)
def test_bytes_behind_the_end_are_a_change(
    practice: Practice, form: dict[str, bytes], level: str, tail: bytes | None
) -> None:
    pdf = form[level]
    if tail is None:
        tail = b"1 0 obj (1.00) endobj\n" + pdf[pdf.rindex(b"startxref") :]

    assert "changed-after-signing" in practice.judged(pdf + tail).codes


def test_an_entry_that_brings_back_an_object_from_the_signed_bytes_is_a_change(
    practice: Practice,
) -> None:
    dormant = plain_pdf()
    page = _object_of(dormant, lambda pdf: pdf.pages[0].obj)
    stale = dormant.index(b"%d 0 obj" % page)
    grown = appended(dormant, _replaced_page)
    signed = practice.sign(grown)

    attack = signed + table(signed, {page: stale}, len(signed))

    report = practice.judged(attack)
    assert report.signatures[0].changes == ("an entry brings back an object from the signed bytes",)


def test_an_overwritten_object_that_the_store_lists_too_is_a_change(
    practice: Practice, form: dict[str, bytes]
) -> None:
    content = _object_of(form["B-B"], lambda pdf: pdf.pages[0].obj["/Contents"])
    der = practice.authority.authority("root").certificate_der

    def overwrite(writer: IncrementalPdfFileWriter) -> None:
        writer.objects[(0, content)] = generic.StreamObject(stream_data=der)
        store = generic.DictionaryObject(
            {N("/Certs"): generic.ArrayObject([generic.IndirectObject(content, 0, writer)])}
        )
        writer.root["/DSS"] = writer.add_object(store)
        writer.update_root()

    report = practice.judged(appended(form["B-B"], overwrite))

    assert "changed-after-signing" in report.codes
    assert f"the security store overwrites object {content}" in report.signatures[0].changes


def test_a_later_object_that_a_signed_page_already_names_is_a_change(practice: Practice) -> None:
    def dangling(writer: IncrementalPdfFileWriter) -> None:
        page = writer.root["/Pages"]["/Kids"][0]
        page["/Contents"] = generic.IndirectObject(40, 0, writer)
        writer.update_container(page)

    prepared = appended(plain_pdf(), dangling)
    signed = practice.sign(prepared)
    der = practice.authority.authority("root").certificate_der
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        root, body = pdf.Root.objgen[0], pdf.Root.unparse(resolved=True)
    attack = increment(
        signed,
        {
            40: b"<< /Length %d >>\nstream\n" % len(der) + der + b"\nendstream",
            root: body[:-2] + b"/DSS << /Certs [40 0 R] >> >>",
        },
    )

    report = practice.judged(attack)

    assert report.verdict is Verdict.INVALID
    assert "signed content refers to object 40" in report.signatures[0].changes[0]


def test_a_store_with_something_else_than_evidence_is_a_change(
    practice: Practice, form: dict[str, bytes]
) -> None:
    def smuggle(writer: IncrementalPdfFileWriter) -> None:
        stream = writer.add_object(generic.StreamObject(stream_data=b"BT (1.00) Tj ET"))
        writer.root["/DSS"] = writer.add_object(
            generic.DictionaryObject({N("/Certs"): generic.ArrayObject([stream])})
        )
        writer.update_root()

    assert "changed-after-signing" in practice.judged(appended(form["B-B"], smuggle)).codes


# -- the signature as bytes ------------------------------------------------------------------------


def _byte_range(pdf: bytes) -> tuple[int, int, int, int]:
    found = re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", pdf)
    assert found is not None
    return tuple(int(number) for number in found.groups())  # type: ignore[return-value]


def _with_byte_range(pdf: bytes, numbers: tuple[int, ...]) -> bytes:
    found = re.search(rb"/ByteRange \[[^]]*\] *", pdf)
    assert found is not None
    text = b"/ByteRange [" + " ".join(map(str, numbers)).encode() + b"]"
    return pdf[: found.start()] + text.ljust(found.end() - found.start()) + pdf[found.end() :]


def _zeros_filled(pdf: bytes) -> bytes:
    second = _byte_range(pdf)[2]
    return pdf[: second - 9] + b"deadbeef" + pdf[second - 1 :]


def _whitespace_in_gap(pdf: bytes) -> bytes:
    second = _byte_range(pdf)[2]
    return pdf[: second - 9] + b"\n1 (x) \n" + pdf[second - 1 :]


def _wider_gap(pdf: bytes) -> bytes:
    start, first, second, length = _byte_range(pdf)
    return _with_byte_range(pdf, (start, first - 10, second, length))


SPOILT = [
    pytest.param(_zeros_filled, id="something stands behind the DER"),
    pytest.param(_whitespace_in_gap, id="the gap holds more than hex"),
    pytest.param(_wider_gap, id="the gap is wider than /Contents"),
    pytest.param(
        lambda pdf: _with_byte_range(pdf, (0, *_byte_range(pdf)[1:3], 10)), id="the end is unsigned"
    ),
    pytest.param(
        lambda pdf: _with_byte_range(pdf, (1, *_byte_range(pdf)[1:])), id="it starts at 1"
    ),
    pytest.param(
        lambda pdf: _with_byte_range(pdf, (0, 10, 5, len(pdf) - 5)), id="the ranges overlap"
    ),
    pytest.param(lambda pdf: _with_byte_range(pdf, (0, 1, 2, -3)), id="negative numbers"),
    pytest.param(lambda pdf: _with_byte_range(pdf, ()), id="no numbers"),
    pytest.param(lambda pdf: _with_byte_range(pdf, (0, 10, 20, 10, 50, 10)), id="three ranges"),
    pytest.param(lambda pdf: pdf.replace(b"/ByteRange", b"/ByteRangf"), id="no byte range"),
    pytest.param(lambda pdf: pdf.replace(b"/Contents <30", b"/Contents <31"), id="no SignedData"),
    pytest.param(lambda pdf: pdf.replace(b"Page 1: 1000.00", b"Page 1: 0001.00"), id="new content"),
]


@pytest.mark.parametrize("level", ["B-B", "B-LT"])
@pytest.mark.parametrize("spoil", SPOILT)
def test_a_signature_that_is_not_built_as_it_must_be_is_invalid(
    practice: Practice, form: dict[str, bytes], level: str, spoil: Callable[[bytes], bytes]
) -> None:
    spoilt = spoil(form[level])

    report = practice.judged(spoilt)

    assert spoilt != form[level]
    assert report.verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        (b"/adbe.pkcs7.sha1", "adbe.pkcs7.sha1: a PKCS #7 that signs a SHA-1 digest"),
        (b"/adbe.x509.rsa_sha1", "adbe.x509.rsa_sha1: a bare RSA value over SHA-1"),
        (b"/nobodys.kind", "/nobodys.kind"),
    ],
)
def test_a_legacy_kind_of_signature_is_undecided_and_named(
    practice: Practice, form: dict[str, bytes], kind: bytes, named: str
) -> None:
    legacy = form["B-B"].replace(b"/ETSI.CAdES.detached", kind.ljust(20))

    report = practice.judged(legacy)

    assert (report.verdict, report.codes) == (Verdict.UNDECIDED, ("unsupported-signature",))
    assert dict(report.findings[0].facts)["kind"].startswith(named)


def test_plain_ecdsa_is_undecided_and_named(practice: Practice, form: dict[str, bytes]) -> None:
    """BSI TR-03111 writes the two numbers one after the other; libraries expect a sequence."""
    contents = form["B-B"][form["B-B"].index(b"/Contents <30") :].split(b">")[0][11:]
    read = cms.ContentInfo.load(bytes.fromhex(contents.decode()).rstrip(b"\0"))
    algorithm = read["content"]["signer_infos"][0]["signature_algorithm"]
    algorithm["algorithm"] = algos.SignedDigestAlgorithmId("0.4.0.127.0.7.1.1.4.1.3")
    again = read.dump(force=True).hex().encode().ljust(len(contents), b"0")

    report = practice.judged(form["B-B"].replace(contents, again))

    assert report.codes == ("unsupported-algorithm",)
    assert dict(report.findings[0].facts)["algorithm"].startswith("ecdsa_plain with SHA-256")


def test_an_unknown_digest_is_undecided_and_not_an_exception(
    practice: Practice, form: dict[str, bytes]
) -> None:
    sha256, nobodys = b"0609608648016503040201", b"060960864801650304027f"
    unknown = form["B-B"].replace(sha256, nobodys)

    report = practice.judged(unknown)

    assert report.codes == ("unsupported-algorithm",)
    assert report.verdict is Verdict.UNDECIDED


def test_a_signature_copied_into_another_file_is_invalid(practice: Practice) -> None:
    honest, other = practice.sign(plain_pdf(2)), practice.sign(plain_pdf(3))
    _, first, second, _ = _byte_range(honest)
    _, there, behind, _ = _byte_range(other)
    value = honest[first + 1 : second - 1].rstrip(b"0")
    value += b"0" * (behind - there - 2 - len(value))

    forged = other[: there + 1] + value + other[behind - 1 :]

    assert practice.judged(forged).codes[0] == "content-altered"


# -- the certificate and the time ------------------------------------------------------------------


def _codes(practice: Practice, pdf: bytes, **how: object) -> tuple[str, ...]:
    report: Report = practice.judged(pdf, **how)  # type: ignore[arg-type]
    assert report.verdict not in ACCEPTED
    return report.codes


def test_a_certificate_of_another_organisation_is_the_wrong_one(practice: Practice) -> None:
    assert _codes(practice, practice.sign(practice.form, practice.key_of())) == (
        "wrong-certificate",
    )


def test_an_issuer_that_is_no_anchor_is_not_accepted(practice: Practice) -> None:
    foreign = TrainingAuthority(practice.directory / "foreign", now=NOW)
    credential = foreign.issue(
        common_name="Li Wei", organisation="Lotus Works", identifier="NTRCN-X", now=NOW
    )
    signed = practice.sign(practice.form, SigningKey.from_pem(credential.pem()))

    assert "issuer-not-accepted" in _codes(practice, signed)


def test_no_anchors_at_all_accept_nobody(practice: Practice) -> None:
    assert _codes(practice, practice.blt, anchors=Anchors()) == (
        "issuer-not-accepted",
        "timestamp-not-accepted",
    )


def test_a_certificate_that_expired_before_the_receipt_is_named(practice: Practice) -> None:
    expired = practice.key_of(valid_until=NOW + timedelta(minutes=1))

    assert _codes(practice, practice.sign(practice.form, expired), policy=Policy()) == (
        "expired-before-receipt",
    )


def test_a_timestamp_within_its_validity_saves_a_certificate_that_expired_later(
    practice: Practice,
) -> None:
    expired = practice.key_of(valid_until=NOW + timedelta(minutes=1))
    signed = practice.sign(practice.form, expired, tsa=practice.tsa)

    assert practice.judged(signed, policy=Policy()).verdict is Verdict.VALID


def test_a_certificate_that_had_expired_before_it_was_timestamped_is_named(
    practice: Practice,
) -> None:
    expired = practice.key_of(valid_until=NOW - timedelta(minutes=1))
    signed = practice.sign(practice.form, expired, tsa=practice.tsa)

    assert _codes(practice, signed, policy=Policy()) == ("expired-before-receipt",)


def test_a_certificate_that_is_not_valid_yet_is_named(practice: Practice) -> None:
    early = practice.key_of(valid_from=NOW + timedelta(days=1))

    assert _codes(practice, practice.sign(practice.form, early), policy=Policy()) == (
        "not-yet-valid",
    )


def test_a_timestamp_later_than_the_receipt_is_named(practice: Practice) -> None:
    signed = practice.sign(practice.form, tsa=practice.stamp_at(RECEIVED + timedelta(hours=1)))

    assert _codes(practice, signed) == ("timestamp-after-receipt",)


def test_a_timestamp_of_another_signature_is_named(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale: list[bytes] = []

    def copied(request: bytes) -> bytes:
        """Answer every request with a token over something else, as a copy would be."""
        if not stale:
            other = tsp.TimeStampReq.load(request)
            other["message_imprint"]["hashed_message"] = b"\0" * 32
            other = tsp.TimeStampReq(
                {
                    "version": 1,
                    "message_imprint": other["message_imprint"],
                    "cert_req": True,
                }
            )
            stale.append(practice.tsa(other.dump()))
        return stale[0]

    original = TimeStamper.__init__
    monkeypatch.setattr(TimeStamper, "__init__", lambda self: original(self, include_nonce=False))
    signed = practice.sign(practice.form, tsa=copied)

    assert _codes(practice, signed) == ("timestamp-broken",)


def test_a_revoked_certificate_is_named_however_it_is_known(practice: Practice) -> None:
    credential = practice.authority.issue(
        common_name="Zhao", organisation="Revoked Works", identifier="NTRCN-REVOKED", now=NOW
    )
    good_then = practice.evidence(NOW)
    practice.authority.revoke(credential.certificate, at=NOW + timedelta(minutes=5))
    signed = practice.sign(practice.form, SigningKey.from_pem(credential.pem()), evidence=good_then)
    later = practice.anchors_at(NOW + timedelta(minutes=6))

    codes = _codes(practice, signed, policy=Policy(), anchors=later)

    assert codes == ("revoked",)


def test_missing_revocation_data_is_undecided_and_to_be_tried_again(practice: Practice) -> None:
    report = practice.judged(practice.bb, anchors=practice.anchors_without_lists)

    assert (report.verdict, report.codes) == (Verdict.UNDECIDED, ("revocation-unavailable",))
    assert report.signatures[0].sub_indication == "TRY_LATER"


def test_more_signatures_can_be_asked_for_than_there_are(practice: Practice) -> None:
    assert _codes(practice, practice.bb, policy=Policy(signatures_required=2)) == (
        "too-few-signatures",
    )


def test_active_content_is_refused_where_the_policy_says_so(practice: Practice) -> None:
    scripted = practice.sign(appended(plain_pdf(), _script))

    lenient = practice.judged(scripted, policy=Policy())
    strict = practice.judged(scripted, policy=Policy(active_content="refuse"))

    assert (lenient.verdict, lenient.codes) == (
        Verdict.VALID_WITH_REMARKS,
        ("active-content-found",),
    )
    assert (strict.verdict, strict.codes) == (Verdict.INVALID, ("active-content",))


def _action(kind: str, following: generic.PdfObject | None = None) -> generic.DictionaryObject:
    action = generic.DictionaryObject({N("/S"): N(kind), N("/JS"): generic.pdf_string("beep()")})
    if following is not None:
        action[N("/Next")] = following
    return action


def _when_opened(kind: str, before: int = 0) -> Callable[[IncrementalPdfFileWriter], None]:
    """Start an action when the file is opened, after so many others that do no harm."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        action = _action(kind)
        for _ in range(before):
            action = _action("/GoTo", action)
        writer.root["/OpenAction"] = action
        writer.update_root()

    return change


def _behind_a_bookmark(writer: IncrementalPdfFileWriter) -> None:
    second = writer.add_object(generic.DictionaryObject({N("/A"): _action("/JavaScript")}))
    first = writer.add_object(generic.DictionaryObject({N("/Next"): second}))
    writer.root["/Outlines"] = writer.add_object(generic.DictionaryObject({N("/First"): first}))
    writer.update_root()


def _above_a_field(writer: IncrementalPdfFileWriter) -> None:
    """Calculate a value in a node of the form that no page shows."""
    form = writer.root["/AcroForm"]
    event = generic.DictionaryObject({N("/C"): _action("/JavaScript")})
    above = generic.DictionaryObject({N("/Kids"): form["/Fields"], N("/AA"): event})
    form["/Fields"] = generic.ArrayObject([writer.add_object(above)])
    writer.update_container(form)


@pytest.mark.parametrize(
    ("hidden", "named"),
    [
        pytest.param(_when_opened("/JavaScript"), "JavaScript", id="when it is opened"),
        pytest.param(_when_opened("/Hide"), "Hide", id="an annotation is hidden"),
        pytest.param(_when_opened("/URI"), "URI", id="an address is called"),
        pytest.param(
            _when_opened("/JavaScript", before=30), "a long chain of actions", id="far behind"
        ),
        pytest.param(_behind_a_bookmark, "JavaScript", id="behind a bookmark"),
        pytest.param(_above_a_field, "JavaScript", id="in a field that no page shows"),
    ],
)
def test_active_content_is_found_wherever_a_viewer_starts_it(
    practice: Practice, hidden: Callable[[IncrementalPdfFileWriter], None], named: str
) -> None:
    signed = practice.sign(appended(plain_pdf(field=True), hidden))

    report = practice.judged(signed, policy=Policy(active_content="refuse"))

    assert report.codes == ("active-content",)
    assert dict(report.findings[0].facts) == {"what": named}


def test_a_link_and_more_bookmarks_than_are_looked_at(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = practice.sign(appended(plain_pdf(), _linked))
    many = practice.sign(appended(plain_pdf(), _behind_a_bookmark))

    assert practice.judged(link).verdict is Verdict.VALID
    monkeypatch.setattr(active, "NODES", 1)
    assert practice.judged(many).codes == ("resource-count",)


def _linked(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    link = {N("/Subtype"): N("/Link"), N("/A"): _action("/URI")}
    page["/Annots"] = generic.ArrayObject([writer.add_object(generic.DictionaryObject(link))])
    writer.update_container(page)
