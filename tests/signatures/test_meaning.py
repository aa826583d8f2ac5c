"""What was signed has one meaning, and all of it is in the file.

Nothing was changed behind these signatures. But two honest readers would show two documents, or one
reader two documents on two days.
"""

import io
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.sign.fields import SigFieldSpec

from signatures.pdf import object_streams
from signatures.pdf.inspection import faults_before_signing
from signatures.pdf.layout import Layout
from signatures.pdf.parsers import parsed
from signatures.pdf.policy import Limits, Policy
from signatures.pdf.report import Verdict
from signatures.pdf.source import Source
from signatures.pdf.twice import _same, read_in_two_ways
from tests.signatures.certifying import signed_with
from tests.signatures.documents import Practice, increment, plain_pdf, streamed
from tests.signatures.meaning import (
    changed,
    drawing,
    form_of_xfa,
    outside_page,
    outside_picture,
    outside_stream,
    replacing_form,
    twice,
    two_contents,
)
from tests.signatures.stamping import RIGHT

ANYBODY = Policy()


@pytest.mark.parametrize(
    ("made", "code", "what"),
    [
        (outside_stream, "shown-from-outside", "a stream (object "),
        (outside_page, "shown-from-outside", "a page of another document (object "),
        (outside_picture, "shown-from-outside", "a picture for print (object "),
        (two_contents, "read-in-two-ways", "object "),
        (replacing_form, "active-content", "XFA in place of the pages"),
    ],
)
def test_a_file_that_shows_what_nobody_signed_is_refused_and_not_signed_here(
    practice: Practice, made: Callable[[Practice], bytes], code: str, what: str
) -> None:
    file = made(practice)

    report = practice.judged(file, policy=ANYBODY)

    assert (report.verdict, report.codes) == (Verdict.INVALID, (code,))
    assert dict(report.findings[0].facts)["what"].startswith(what)
    assert [one.code for one in faults_before_signing(file)] == [code]


def test_a_form_of_xfa_beside_the_pages_is_a_remark_where_the_policy_leaves_it(
    practice: Practice,
) -> None:
    report = practice.judged(practice.sign(changed(form_of_xfa(needed=False))), policy=ANYBODY)

    assert (report.verdict, report.codes) == (Verdict.VALID_WITH_REMARKS, ("active-content-found",))


def test_nobody_decides_afterwards_which_of_two_contents_was_signed(practice: Practice) -> None:
    """Who signs on that page writes it anew, and the second content is gone."""
    spec = SigFieldSpec("Second", on_page=1, box=RIGHT)
    both = signed_with(
        practice, two_contents(practice), field="Second", key=practice.key_of(), spec=spec
    )

    report = practice.judged(both, policy=ANYBODY)

    assert (report.verdict, report.codes) == (Verdict.INVALID, ("changed-after-signing",))
    assert report.signatures[0].changes == ("page 2 looks different",)


def test_pictures_that_are_others_in_print_are_active_content(practice: Practice) -> None:
    shown = practice.sign(changed(lambda pdf: drawing(pdf, Alternates=pikepdf.Array())))

    report = practice.judged(shown, policy=ANYBODY)

    assert report.codes == ("active-content-found",)
    assert dict(report.findings[0].facts) == {"what": "alternate pictures"}


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(b"/Contents %d 0 R", id="the same object"),
        pytest.param(b"/MediaBox [ 0 0 300.0 300 ]", id="the same numbers"),
        pytest.param(b"/Type /P#61ge", id="the same name"),
    ],
)
def test_what_is_stated_twice_and_is_the_same_is_read_in_one_way(
    practice: Practice, entry: bytes
) -> None:
    report = practice.judged(practice.sign(twice(plain_pdf(), entry, 1)), policy=ANYBODY)

    assert (report.verdict, report.codes) == (Verdict.VALID, ())


@pytest.mark.parametrize(
    ("body", "differs"),
    [
        pytest.param(b"/A 1 /A 2", True, id="numbers"),
        pytest.param(b"/A 1 /A 1.0", False, id="one number in two forms"),
        pytest.param(b"/A 1 /A true", True, id="a number and a truth"),
        pytest.param(b"/A true /A false", True, id="truths"),
        pytest.param(b"/A true /A true", False, id="one truth"),
        pytest.param(b"/A /B /A /C", True, id="names"),
        pytest.param(b"/A (x) /A <78>", False, id="one text in two forms"),
        pytest.param(b"/A (x) /A (y)", True, id="texts"),
        pytest.param(b"/A [ 1 2 ] /A [ 1 ]", True, id="lists"),
        pytest.param(b"/A [ 1 (x) ] /A [ 1 (x) ]", False, id="one list"),
        pytest.param(b"/A [ 1 ] /A 1", True, id="a list and a number"),
        pytest.param(b"/A << /B 1 >> /A << /B 2 >>", True, id="dictionaries"),
        pytest.param(b"/A << /B 1 /B 2 >>", True, id="deep inside"),
        pytest.param(b"/A << /B 1 >> /A << /B 1 >>", False, id="one dictionary"),
        pytest.param(b"/A << >> /A [ ]", True, id="a dictionary and a list"),
        pytest.param(b"/A 1 0 R /A 2 0 R", True, id="objects"),
        pytest.param(b"/A 1 0 R /A 1", True, id="an object and a number"),
        pytest.param(b"/A 91 0 R /A 7", False, id="an object that is that number"),
    ],
)
def test_both_readings_are_compared_to_the_last_value(body: bytes, differs: bool) -> None:
    pdf = increment(plain_pdf(), {90: b"<< /Used 1 " + body + b" >>", 91: b"7"})

    with parsed(Source(pdf), Limits()) as document:
        found = read_in_two_ways(document)

    assert [dict(one.facts)["what"] for one in found] == (["object 90"] if differs else [])


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<< /A 1 /B 2 /A 3 >>", id="as usual"),
        pytest.param(b"<</A 1/B 2/A 3>>", id="without blanks"),
        pytest.param(b"<< /A1 1 /A1 3 >>", id="a name with a digit"),
        pytest.param(b"<< /A 1 /#41 3 >>", id="an escaped name"),
        pytest.param(b"<< /A 1 0 R /A (x) >>", id="behind a reference"),
        pytest.param(b"<< /A <<>> /A [] >>", id="behind brackets"),
        pytest.param(b"<< /A (>> endobj) /B <2F> /A (\\)) >>", id="between texts"),
        pytest.param(b"[ 1 [ << /B 1 /A 2 /A 3 >> ] ]", id="deep inside"),
        pytest.param(b"<< /A 1 %x\n /A 3 >>", id="behind a comment"),
        pytest.param(b"<< /A 1 /Length 1 /A 3 >>\nstream\nx\nendstream", id="of a stream"),
        pytest.param(b"<< /A 1 /A 3 /B (" + b"x" * 5000 + b") >>", id="in a long object"),
    ],
)
def test_a_key_that_stands_twice_is_seen_wherever_it_stands(body: bytes) -> None:
    modes = pikepdf.ObjectStreamMode
    made = [increment(plain_pdf(), {90: body})]
    if b"endstream" not in body:  # which no stream of objects may hold
        pdf = plain_pdf(object_stream_mode=modes.generate)
        made.append(streamed(pdf, *_packed(b"<< /C 1 >>", body)))

    for pdf in made:
        with parsed(Source(pdf), Limits()) as document:
            assert not document.hybrid
            assert document.layout.apart is not None
            found = read_in_two_ways(document)
        assert [dict(one.facts)["what"] for one in found] == ["object 90"]


def _packed(*bodies: bytes) -> tuple[dict[int, bytes], *tuple[tuple[int, int, int, int], ...]]:
    """Put objects into a stream of objects; the last has the number 90."""
    numbers = range(91 - len(bodies), 91)
    places = [sum(len(one) + 1 for one in bodies[:which]) for which in range(len(bodies))]
    stated = b" ".join(b"%d %d" % pair for pair in zip(numbers, places, strict=True)) + b"\n"
    packed = zlib.compress(stated + b"\n".join(bodies))
    return _streamed(numbers, len(stated), packed)


def _streamed(
    numbers: Sequence[int],
    first: int,
    data: bytes,
    entries: bytes = b"/Filter /FlateDecode",
    count: int = 2,
) -> tuple[dict[int, bytes], *tuple[tuple[int, int, int, int], ...]]:
    head = b"<< /Type /ObjStm /N %d /First %d /Length %d %s >>" % (count, first, len(data), entries)
    stream = head + b"\nstream\n%s\nendstream" % data
    return {70: stream}, *[(number, 2, 70, which) for which, number in enumerate(numbers)]


_ONE, _TWICE = b"<< /C 1 >>", b"<< /A 1 /A 2 >>"
_PAIR = b"89 0 90 11 " + _ONE + b" " + _TWICE
_SEEN, _UNREADABLE = ["object 90"], []


@pytest.mark.parametrize(
    ("made", "found"),
    [
        pytest.param(((89, 90), 11, _PAIR, b""), _SEEN, id="not packed"),
        pytest.param(((89, 90), 11, zlib.compress(_PAIR) + b"\n"), _SEEN, id="a line behind it"),
        pytest.param(
            ((89, 90), 11, zlib.compress(_PAIR).hex().encode() + b">", b"/Filter [/AHx /Fl]"),
            _SEEN,
            id="packed in another way",
        ),
        pytest.param(((89, 90), 11, zlib.compress(_PAIR)[:-3]), _SEEN, id="cut off"),
        pytest.param(((89, 90), 11, b"x" + zlib.compress(_PAIR)), _UNREADABLE, id="damaged"),
        pytest.param(
            ((89, 90), 11, b"89 0 90 11 " + _TWICE + _ONE),
            _UNREADABLE,
            id="neither text nor packed",
        ),
        pytest.param(
            ((90, 89), 11, zlib.compress(b"90 11 89 0 " + _ONE + b" " + _TWICE)),
            _SEEN,
            id="not in order",
        ),
        pytest.param(((89, 90), 900, zlib.compress(_PAIR)), _UNREADABLE, id="begins nowhere"),
        pytest.param(
            ((90,), 18, zlib.compress(b"90 0 89 15 91 0   " + _TWICE + _ONE), b"/Filter /Fl", 1),
            _SEEN,
            id="a list that goes on",
        ),
    ],
)
def test_a_stream_of_objects_is_searched_however_it_is_written(
    made: tuple[Any, ...], found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = pikepdf.ObjectStreamMode
    pdf = streamed(plain_pdf(object_stream_mode=modes.generate), *_streamed(*made))

    searched = _read_in_two_ways(pdf)
    monkeypatch.setattr(object_streams, "KEPT", -1)
    again = _read_in_two_ways(pdf)
    monkeypatch.setattr(Layout, "apart", None)

    assert searched == again == _read_in_two_ways(pdf) == found


def _read_in_two_ways(pdf: bytes) -> list[str]:
    with parsed(Source(pdf), Limits()) as document:
        return [str(dict(one.facts)["what"]) for one in read_in_two_ways(document)]


@pytest.mark.parametrize("other", ["3 0 R", "SAME"])
def test_a_trailer_that_names_its_catalog_twice_names_one(practice: Practice, other: str) -> None:
    pdf = plain_pdf()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        same = "{} {} R".format(*opened.Root.objgen)
    at = pdf.rindex(b"/Root")
    pdf = (
        pdf[:at]
        + b"/Info %s /Info %s " % (same.encode(), other.replace("SAME", same).encode())
        + pdf[at:]
    )

    with parsed(Source(pdf), Limits()) as document:
        found = read_in_two_ways(document)

    assert [dict(one.facts)["what"] for one in found] == (
        [] if other == "SAME" else ["the trailer"]
    )


def test_what_one_parser_cannot_read_is_not_the_same() -> None:
    assert _same(generic.NullObject(), None)
    assert not _same(None, None)
