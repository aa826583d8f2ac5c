"""Whatever the bytes are, there is a verdict: never an exception, never a wrong VALID."""

import io
import random
import re
import zlib
from collections.abc import Iterator

import pikepdf
import pytest
from asn1crypto import cms
from hypothesis import given
from hypothesis import strategies as st

from procurement.proof.canonical import canonical
from signatures.pdf.attachments import AttachmentsUnreadable, embedded_files
from signatures.pdf.inspection import pages_of
from signatures.pdf.policy import Limits, Policy
from signatures.pdf.report import Report, Verdict
from signatures.pdf.signing import SigningRefused
from tests.signatures.documents import BID, Practice, increment, plain_pdf, streamed
from tests.signatures.stalling import revisions
from tests.thoroughness import examples

LEVELS = ["bb", "blt", "blta", "visible"]
ACCEPTED = (Verdict.VALID, Verdict.VALID_WITH_REMARKS)


def codes_of(report: Report) -> set[str]:
    """Every code in a report, of the file and of each signature and timestamp in it."""
    stamps = [one for each in report.signatures for one in each.timestamps]
    stamps += report.document_timestamps
    return {
        *report.codes,
        *(finding.code for each in report.signatures for finding in each.findings),
        *(one.finding.code for one in stamps if one.finding is not None),
    }


def _encrypted(pdf: bytes, user: str) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(target, encryption=pikepdf.Encryption(owner="owner", user=user))
    return target.getvalue()


def _printed() -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        pdf.docinfo["/Producer"] = "Microsoft: Print To PDF"
        pdf.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("pdf", "verdict", "code"),
    [
        pytest.param(b"", Verdict.INVALID, "not-a-pdf", id="nothing"),
        pytest.param(b"\x89PNG\r\n", Verdict.INVALID, "not-a-pdf", id="a picture"),
        pytest.param(b"%PDF-1.7\n%%EOF\n", Verdict.INVALID, "broken", id="a header and an end"),
        pytest.param(
            b"x" + plain_pdf(), Verdict.INVALID, "broken", id="something before the header"
        ),
        pytest.param(plain_pdf()[:-30], Verdict.INVALID, "broken", id="no end"),
        pytest.param(plain_pdf()[:600], Verdict.INVALID, "broken", id="cut in the middle"),
        pytest.param(plain_pdf(), Verdict.UNSIGNED, "unsigned", id="unsigned"),
        pytest.param(_printed(), Verdict.UNSIGNED, "printed-to-pdf", id="printed"),
        pytest.param(
            _encrypted(plain_pdf(), "secret"), Verdict.INVALID, "password-protected", id="encrypted"
        ),
        pytest.param(
            _encrypted(plain_pdf(), ""), Verdict.INVALID, "password-protected", id="restricted"
        ),
        pytest.param(
            b"%PDF-1.7\n" + b"[" * 5000 + b"\n%%EOF\n",
            Verdict.UNDECIDED,
            "resource-count",
            id="deep nesting",
        ),
        pytest.param(
            revisions(Limits().revisions), Verdict.UNDECIDED, "resource-count", id="a revision more"
        ),
        pytest.param(
            revisions(Limits().revisions - 1), Verdict.UNSIGNED, "unsigned", id="many revisions"
        ),
        pytest.param(
            revisions(5000), Verdict.UNDECIDED, "resource-count", id="thousands of revisions"
        ),
        pytest.param(
            b"%PDF-1.7\n" + b"/ByteRange [0 1 2 3]\n" * 100 + b"%%EOF\n",
            Verdict.UNDECIDED,
            "resource-count",
            id="a hundred signatures",
        ),
    ],
)
def test_a_file_that_is_no_signed_pdf_gets_its_own_code(
    practice: Practice, pdf: bytes, verdict: Verdict, code: str
) -> None:
    report = practice.judged(pdf)

    assert (report.verdict, report.codes) == (verdict, (code,))


def test_a_file_over_the_limit_is_not_even_parsed(practice: Practice) -> None:
    small = Policy(limits=Limits(file_bytes=1000))

    assert practice.judged(practice.bb, policy=small).codes == ("too-large",)


def _huge_xref(entries: int) -> bytes:
    body = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    body += b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    at = len(body)
    return (
        body
        + b"xref\n0 %d\n0000000000 65535 f \n" % entries
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (entries, at)
    )


def _bomb() -> bytes:
    packed = zlib.compress(b"\0" * 60_000_000, 9)
    stream = b"<< /Type /XRef /Size 9000000 /W [1 4 2] /Root 1 0 R /Filter /FlateDecode "
    stream += b"/Length %d >>\nstream\n" % len(packed) + packed + b"\nendstream"
    return b"%%PDF-1.7\n1 0 obj\n%s\nendobj\nstartxref\n9\n%%%%EOF\n" % stream


def _bookmarks(depth: int) -> bytes:
    pdf = plain_pdf()
    root = int(pdf.split(b" 0 obj")[0].split()[-1])
    chain = {n: b"<< /Title (x) /First %d 0 R >>" % (n + 1) for n in range(50, 50 + depth)}
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        root, body = opened.Root.objgen[0], opened.Root.unparse(resolved=True)
    chain[root] = body[:-2] + b"/Outlines 50 0 R >>"
    return increment(pdf, chain)


def _diamonds(width: int) -> bytes:
    pdf = plain_pdf()
    layers = {n: b"[ %d 0 R %d 0 R ]" % (n + 1, n + 1) for n in range(50, 50 + width)}
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        root, body = opened.Root.objgen[0], opened.Root.unparse(resolved=True)
    layers[root] = body[:-2] + b"/AcroForm << /Fields [ 50 0 R ] >> >>"
    return increment(pdf, layers)


def _looping_fields() -> bytes:
    pdf = plain_pdf()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        root, body = opened.Root.objgen[0], opened.Root.unparse(resolved=True)
    return increment(
        pdf,
        {
            50: b"<< /T (a) /Kids [ 51 0 R ] >>",
            51: b"<< /T (b) /Kids [ 50 0 R 51 0 R ] >>",
            root: body[:-2] + b"/AcroForm << /Fields [ 50 0 R ] >> >>",
        },
    )


def _pages_that_do_not_add_up() -> bytes:
    pdf = plain_pdf()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        number, body = opened.Root.Pages.objgen[0], opened.Root.Pages.unparse(resolved=True)
    return increment(pdf, {number: body.replace(b"/Count 2", b"/Count 1").replace(b" ]", b" /X ]")})


def test_what_qpdf_did_not_expect_is_a_broken_file(practice: Practice) -> None:
    assert practice.judged(_pages_that_do_not_add_up()).codes == ("broken",)


def _deep_page_tree() -> bytes:
    pdf = plain_pdf()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        root, body = opened.Root.objgen[0], opened.Root.unparse(resolved=True)
    nested = b"<< /A " * 2000 + b"1" + b" >>" * 2000
    return increment(pdf, {50: nested, root: body[:-2] + b"/AcroForm 50 0 R >>"})


@pytest.mark.parametrize(
    "pdf",
    [
        pytest.param(_huge_xref(2_000_000_000), id="two thousand million entries declared"),
        pytest.param(_bomb(), id="a decompression bomb for a table"),
        pytest.param(_bookmarks(500), id="five hundred nested bookmarks"),
        pytest.param(_diamonds(60), id="a graph of diamonds"),
        pytest.param(_looping_fields(), id="fields that are their own kids"),
        pytest.param(_deep_page_tree(), id="two thousand nested dictionaries"),
        pytest.param(b"%PDF-1.7\n" + b"(" * 100_000 + b"\n%%EOF\n", id="open brackets"),
    ],
)
def test_a_file_made_to_stall_gets_a_verdict(practice: Practice, pdf: bytes) -> None:
    assert practice.judged(pdf).verdict not in ACCEPTED


def test_a_giant_contents_is_not_read(practice: Practice) -> None:
    start = practice.bb.index(b"/Contents <30")
    giant = practice.bb[: start + 11] + b"30" * 2_000_000 + practice.bb[start + 11 :]

    assert practice.judged(giant).verdict not in ACCEPTED


@examples(60, same=True)
@given(tail=st.binary(min_size=1, max_size=3000), level=st.sampled_from(LEVELS))
def test_any_appended_bytes_make_a_file_not_valid(
    practice: Practice, tail: bytes, level: str
) -> None:
    assert practice.judged(getattr(practice, level) + tail).verdict not in ACCEPTED


@examples(60, same=True)
@given(tail=st.binary(max_size=200), level=st.sampled_from(LEVELS))
def test_any_text_before_a_copy_of_the_old_end_makes_a_file_not_valid(
    practice: Practice, tail: bytes, level: str
) -> None:
    pdf: bytes = getattr(practice, level)
    end = pdf[pdf.rindex(b"startxref") :]

    assert practice.judged(pdf + tail + end).verdict not in ACCEPTED


@examples(150, same=True)
@given(
    level=st.sampled_from(["bb", "bt", "blta", "visible"]),
    where=st.floats(0, 1, exclude_max=True),
    mask=st.integers(1, 255),
)
def test_any_changed_byte_that_is_signed_makes_a_file_not_valid(
    practice: Practice, level: str, where: float, mask: int
) -> None:
    """What nobody signed in these files is the last /Contents, and nothing else."""
    pdf = bytearray(getattr(practice, level))
    start = pdf.rindex(b"/Contents <30") + 10
    gap = (start, pdf.index(b">", start))
    at = int(where * len(pdf))
    if gap[0] <= at <= gap[1]:
        at = gap[1] + 1 + at % 100
    pdf[at] ^= mask

    assert practice.judged(bytes(pdf)).verdict not in ACCEPTED


@examples(120, same=True)
@given(seed=st.integers(0, 2**32), level=st.sampled_from([*LEVELS, "co_signed"]))
def test_a_file_with_random_damage_raises_nothing(
    practice: Practice, seed: int, level: str
) -> None:
    chance = random.Random(seed)
    pdf = bytearray(getattr(practice, level))
    for _ in range(chance.randint(1, 20)):
        start = chance.randrange(len(pdf))
        match chance.randrange(3):
            case 0:
                pdf[start] = chance.randrange(256)
            case 1:
                del pdf[start : start + chance.randrange(200)]
            case _:
                pdf[start:start] = chance.randbytes(chance.randrange(50))

    report = practice.judged(bytes(pdf))

    canonical(report.to_json())
    assert "crashed" not in codes_of(report)


def _mangled(body: bytes, chance: random.Random) -> bytes:
    """Change the text of an object as somebody would who tries what a reader makes of it."""
    text = bytearray(body)
    words = (b"null", b"/V 1", b"/AP << >>", b"/Kids [ ]", b"3 0 R", b"1.5", b"(x)", b"/F 2", b"]")
    at = chance.randrange(len(text))
    match chance.randrange(3):
        case 0:
            text[at:at] = b" " + chance.choice(words) + b" "
        case 1:
            del text[at : at + chance.randint(1, 20)]
        case _:
            text[at] = chance.randrange(256)
    return bytes(text)


@examples(60, same=True)
@given(seed=st.integers(0, 2**32), level=st.sampled_from(LEVELS), stored=st.booleans())
def test_an_object_that_is_written_anew_makes_a_file_not_valid(
    practice: Practice, seed: int, level: str, stored: bool
) -> None:
    """Also where evidence comes with it, which alone would be welcome; a date may change."""
    chance = random.Random(seed)
    pdf: bytes = getattr(practice, level)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        aside = {opened.Root.objgen[0], opened.trailer.Info.objgen[0]}
        bodies = {
            one.objgen[0]: one.unparse(resolved=True)
            for one in opened.objects
            if isinstance(one, pikepdf.Dictionary | pikepdf.Array) and one.objgen[0] not in aside
        }
        store = re.sub(rb"/DSS \d+ 0 R", b"", opened.Root.unparse(resolved=True))[:-2]
        root = opened.Root.objgen[0]
    number = chance.choice([*bodies])
    objects = {number: _mangled(bodies[number], chance)}
    if stored:
        objects[root] = store + b"/DSS << >> >>"

    report = practice.judged(increment(pdf, objects))

    assert report.verdict not in ACCEPTED
    assert "crashed" not in codes_of(report)


def _crossed(pdf: bytes, start: int, length: int, step: int) -> Iterator[bytes]:
    """Change one byte of a stretch in every way that ``step`` leaves."""
    for at in range(start, start + length, step):
        yield pdf[:at] + bytes([pdf[at] ^ (1 << at % 8)]) + pdf[at + 1 :]


@pytest.mark.parametrize("name", ["digest_algorithm", "signature_algorithm", "signature"])
def test_no_damage_to_what_a_signature_states_is_our_crash(practice: Practice, name: str) -> None:
    """Algorithms and value are read when the CMS is opened, not long after."""
    start = practice.bb.index(b"/Contents <30") + 11
    end = practice.bb.index(b">", start)
    contents = bytes.fromhex(practice.bb[start:end].decode())
    info = cms.ContentInfo.load(contents)["content"]["signer_infos"][0]
    place = contents.index(info[name].dump(), contents.index(info.dump()))

    for damaged in _crossed(contents, place, len(info[name].dump()), 1):
        pdf = practice.bb[:start] + damaged.hex().encode() + practice.bb[end:]

        assert "crashed" not in codes_of(practice.judged(pdf))


def test_no_damage_inside_the_store_is_our_crash(practice: Practice) -> None:
    """What cannot be read there is as good as not there."""
    signed = practice.blt.index(b"/DSS")
    stored = [m.end() - 2 for m in re.finditer(rb"stream\r?\n0\x82", practice.blt[signed:])]
    assert len(stored) >= 4

    for place in stored:
        for damaged in _crossed(practice.blt, signed + place, 200, 9):
            assert "crashed" not in codes_of(practice.judged(damaged))


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        pytest.param(b"\nendstream", b"\nendstr\x92am", id="a stream without an end"),
        pytest.param(b"\n8 0 obj", b"\n\x16 0 obj", id="an object without its number"),
    ],
)
def test_an_object_that_cannot_be_read_is_a_change(
    practice: Practice, written: bytes, instead: bytes
) -> None:
    report = practice.judged(practice.blt.replace(written, instead, 1))

    assert report.verdict is Verdict.INVALID
    assert "crashed" not in codes_of(report)


def test_an_object_that_is_null_refers_to_nothing(practice: Practice) -> None:
    with pikepdf.open(io.BytesIO(plain_pdf())) as opened:
        opened.Root["/Unused"] = opened.make_indirect(pikepdf.Array([1]))
        opened.Root["/Number"] = opened.make_indirect(7)
        target = io.BytesIO()
        opened.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    null = target.getvalue().replace(b"[ 1 ]", b"null ")
    signed = practice.sign(null, tsa=practice.tsa, evidence=practice.evidence())

    assert b"null " in null
    assert practice.judged(signed).verdict is Verdict.VALID


def test_a_number_that_is_none_breaks_its_field_only(practice: Practice) -> None:
    at = practice.bb.index(b"/ByteRange [0 ") + len(b"/ByteRange [0 ")
    report = practice.judged(practice.bb[:at] + b".1.2" + practice.bb[at + 4 :])

    assert codes_of(report) == {"broken-signature"}


def test_a_name_that_is_no_text_starts_nothing(practice: Practice) -> None:
    with pikepdf.open(io.BytesIO(plain_pdf())) as opened:
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Xext)
        opened.pages[0].obj["/Annots"] = pikepdf.Array([opened.make_indirect(note)])
        target = io.BytesIO()
        opened.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    odd = target.getvalue().replace(b"/Xext", b"/\xf6ext")

    assert practice.judged(practice.sign(odd)).verdict is Verdict.VALID


@examples(80, same=True)
@given(garbage=st.binary(max_size=2000))
def test_garbage_between_a_header_and_an_end_raises_nothing(
    practice: Practice, garbage: bytes
) -> None:
    report = practice.judged(b"%PDF-1.7\n" + garbage + b"\nstartxref\n9\n%%EOF\n")

    canonical(report.to_json())
    assert report.verdict not in ACCEPTED


@examples(60, same=True)
@given(level=st.sampled_from(["bb", "blt", "blta"]), cut=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file_is_never_valid_past_its_signature(
    practice: Practice, level: str, cut: float
) -> None:
    pdf: bytes = getattr(practice, level)
    cut_off = pdf[: int(cut * len(pdf))]
    whole_revisions = {practice.bb, practice.bt, practice.blt}
    if cut_off in whole_revisions:
        return

    report = practice.judged(cut_off)

    if report.verdict in ACCEPTED:  # then it ends where an earlier, honest revision ended
        assert cut_off.rstrip().endswith(b"%%EOF")


def test_nothing_is_signed_that_the_verifier_would_refuse(practice: Practice) -> None:
    for pdf, code in (
        (_encrypted(plain_pdf(), ""), "password-protected"),
        (b"no pdf", "not-a-pdf"),
        (plain_pdf()[:-30], "broken"),
        (_deep_page_tree(), "resource-count"),
    ):
        with pytest.raises(SigningRefused) as refused:
            practice.sign(pdf)
        assert refused.value.finding.code == code


def test_pages_are_counted_where_there_are_any() -> None:
    assert pages_of(plain_pdf(3)) == 3
    assert pages_of(b"no pdf") is None


def test_embedded_files_come_out_as_they_went_in(practice: Practice) -> None:
    assert embedded_files(practice.form) == [("bid.json", BID)]
    assert embedded_files(plain_pdf()) == []


def test_embedded_files_have_limits(practice: Practice) -> None:
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        for number in range(3):
            pdf.attachments[f"{number}.bin"] = b"\0" * 1_000_000
        target = io.BytesIO()
        pdf.save(target)

    for limits in (Limits(attachments=2), Limits(attachment_bytes=1_500_000)):
        with pytest.raises(AttachmentsUnreadable):
            embedded_files(target.getvalue(), limits=limits)
    with pytest.raises(AttachmentsUnreadable):
        embedded_files(b"no pdf")


# What stops a file from being parsed


@pytest.mark.parametrize("user", ["", "secret"], ids=["restricted", "locked"])
def test_a_file_that_is_locked_for_one_reader_alone_is_locked(
    practice: Practice, user: str
) -> None:
    """Of a key that comes twice one reader takes the first, and the other the last."""
    locked = _encrypted(plain_pdf(), user)
    named = re.search(rb"/Encrypt \d+ 0 R", locked)
    assert named is not None

    report = practice.judged(locked.replace(named.group(), b"/Encrypt << >> " + named.group()))

    assert (report.verdict, report.codes) == (Verdict.INVALID, ("password-protected",))


def _packed_catalog(pdf: bytes, size: int) -> bytes:
    """Let the catalog lie in a stream of objects, before so many blanks."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        root, body = opened.Root.objgen[0], opened.Root.unparse(resolved=True)
    head = b"%d 0 " % root
    data = zlib.compress(head + body + b" " * size, 9)
    stream = b"<< /Type /ObjStm /N 1 /First %d /Filter /FlateDecode /Length %d >>\nstream\n" % (
        len(head),
        len(data),
    )
    return streamed(pdf, {60: stream + data + b"\nendstream"}, (root, 2, 60, 0))


@pytest.mark.parametrize(
    ("pdf", "limits", "what"),
    [
        pytest.param(
            plain_pdf().replace(b"/Size ", b"/Size 90000"), Limits(), "objects", id="declared"
        ),
        pytest.param(plain_pdf(3), Limits(pages=2), "pages", id="too many pages"),
        pytest.param(
            _packed_catalog(plain_pdf(), 40_000_000), Limits(), "decoded bytes", id="unpacked"
        ),
    ],
)
def test_more_than_is_looked_at_is_undecided_and_named(
    practice: Practice, pdf: bytes, limits: Limits, what: str
) -> None:
    report = practice.judged(pdf, policy=Policy(limits=limits))

    assert (report.verdict, report.codes) == (Verdict.UNDECIDED, ("resource-count",))
    assert dict(report.findings[0].facts)["what"] == what


def test_a_catalog_in_a_stream_of_objects_is_read(practice: Practice) -> None:
    """So what is undecided above is undecided for the one thing that was changed."""
    assert practice.judged(_packed_catalog(plain_pdf(), 400)).verdict is Verdict.UNSIGNED
