"""Honest documents, made once a run, and the tools with which attacks are built out of them."""

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import pikepdf
import pytest
import typst
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signatures.pdf.anchors import Anchors
from signatures.pdf.appearance import Appearance
from signatures.pdf.judge import judge
from signatures.pdf.policy import Policy, Supplier
from signatures.pdf.report import Report
from signatures.pdf.signing import Evidence, SigningKey, TimestampSource, sign_pdf
from signatures.training import Credential, TrainingAuthority
from signatures.training_services import revocation_list, timestamp

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
RECEIVED = NOW + timedelta(minutes=10)
IDENTIFIER = "NTRCN-91310000MA1K0000XX"
BID = b'{"type":"daylight/bid/v1","total":"1000.00"}'
POLICY = Policy(supplier=Supplier(identifiers=frozenset({IDENTIFIER})))

_FORM = """
#set document(title: "Bid form", date: datetime(year: 2026, month: 11, day: 24))
= Bid form
The total is *1000.00*.
#pagebreak()
Second page.
#pdf.attach("bid.json", bytes(sys.inputs.bid), relationship: "data",
  mime-type: "application/json", description: "the bid object")
"""


@dataclass(frozen=True)
class Practice:
    """A training authority with a supplier's key, and the anchors an operator would have."""

    directory: Path

    @cached_property
    def authority(self) -> TrainingAuthority:
        return TrainingAuthority(self.directory / "authority", now=NOW)

    @cached_property
    def supplier(self) -> Credential:
        return self.authority.issue(
            common_name="Li Wei", organisation="Lotus Works", identifier=IDENTIFIER, now=NOW
        )

    @cached_property
    def key(self) -> SigningKey:
        return SigningKey.from_pkcs12(self.supplier.pkcs12("secret"), "secret")

    def key_of(self, **wanted: object) -> SigningKey:
        """Issue another certificate and open its key."""
        asked = {
            "common_name": "Someone",
            "organisation": "Another Company",
            "identifier": "NTRCN-OTHER",
            "now": NOW,
        } | wanted
        return SigningKey.from_pem(self.authority.issue(**asked).pem())

    def stamp_at(self, at: datetime) -> TimestampSource:
        return lambda request: timestamp(self.authority, request, at=at)

    @property
    def tsa(self) -> TimestampSource:
        return self.stamp_at(NOW)

    def evidence(self, at: datetime = NOW) -> Evidence:
        lists = ("root", "issuing", "tsa-root")
        return Evidence(
            certificates=(self.authority.authority("issuing").certificate_der,),
            crls=tuple(revocation_list(self.authority, label, at=at) for label in lists),
        )

    def anchors_at(self, at: datetime = NOW) -> Anchors:
        target = self.directory / f"anchors-{at:%Y%m%d%H%M%S}"
        return Anchors.from_directory(self.authority.write_anchors(target, now=at))

    @cached_property
    def anchors(self) -> Anchors:
        return self.anchors_at()

    @property
    def anchors_without_lists(self) -> Anchors:
        return Anchors(signers=self.anchors.signers, tsa=self.anchors.tsa)

    @cached_property
    def form(self) -> bytes:
        """A PDF/A-3b bid form that embeds the bid object."""
        source = self.directory / "form.typ"
        source.write_text(_FORM)
        made = typst.compile(
            str(source), format="pdf", pdf_standards=["a-3b"], sys_inputs={"bid": BID.decode()}
        )
        assert isinstance(made, bytes)
        return made

    def sign(self, pdf: bytes, key: SigningKey | None = None, **how: object) -> bytes:
        return sign_pdf(pdf, key or self.key, **({"at": NOW} | how))

    def sign_anything(self, pdf: bytes) -> bytes:
        """Sign what ``sign_pdf`` refuses, as other tools do."""
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("signatures.pdf.signing.faults_before_signing", lambda _: [])
            return self.sign(pdf)

    @cached_property
    def bb(self) -> bytes:
        return self.sign(self.form)

    @cached_property
    def bt(self) -> bytes:
        return self.sign(self.form, tsa=self.tsa)

    @cached_property
    def blt(self) -> bytes:
        return self.sign(self.form, tsa=self.tsa, evidence=self.evidence())

    @cached_property
    def blta(self) -> bytes:
        return self.sign(self.form, tsa=self.tsa, evidence=self.evidence(), archive=True)

    @cached_property
    def co_signed(self) -> bytes:
        return self.sign(self.blt, self.key_of(), field="Partner", tsa=self.tsa)

    @cached_property
    def visible(self) -> bytes:
        """Two people sign where one sees it."""
        first = self.sign(self.form, appearance=Appearance())
        return self.sign(first, self.key_of(), appearance=Appearance(), tsa=self.tsa)

    def judged(
        self,
        pdf: bytes | Path,
        *,
        policy: Policy = POLICY,
        anchors: Anchors | None = None,
        at: datetime = RECEIVED,
    ) -> Report:
        return judge(pdf, policy=policy, anchors=anchors or self.anchors, at=at)


def appended(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """Append an increment as an attacker with pyHanko would."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    change(writer)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def increment(pdf: bytes, objects: dict[int, bytes], *, root: str | None = None) -> bytes:
    """Append an increment byte by byte; ``objects`` maps numbers to bodies."""
    out = bytearray(pdf)
    offsets: dict[int, int] = {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    return bytes(out) + table(pdf, offsets, len(out), root=root)


def table(pdf: bytes, offsets: dict[int, int], at: int, *, root: str | None = None) -> bytes:
    """Write a cross-reference table and a trailer that continue a file."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        size = int(opened.trailer["/Size"])
        number = root or "{} {} R".format(*opened.Root.objgen)
    entries = b"".join(
        b"%d 1\n%010d 00000 n \n" % (one, offset) for one, offset in sorted(offsets.items())
    )
    size = max(size, *(one + 1 for one in offsets))
    previous = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
    return (
        b"xref\n"
        + entries
        + f"trailer\n<< /Size {size} /Root {number} /Prev {previous} >>\n".encode()
        + b"startxref\n%d\n%%%%EOF\n" % at
    )


def streamed(pdf: bytes, objects: dict[int, bytes], *more: tuple[int, int, int, int]) -> bytes:
    """Append objects by a cross-reference stream with more lines: number, kind and two more."""
    out, lines = bytearray(pdf), {number: rest for number, *rest in more}
    number = max(*objects, *lines) + 1
    for one, body in objects.items():
        lines[one] = [1, len(out), 0]
        out += b"%d 0 obj\n%s\nendobj\n" % (one, body)
    lines[number] = [1, len(out), 0]
    packed = zlib.compress(
        b"".join(
            kind.to_bytes(1) + place.to_bytes(4) + generation.to_bytes(3)
            for _, (kind, place, generation) in sorted(lines.items())
        )
    )
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        root, size = opened.Root.objgen[0], int(opened.trailer.Size)
    facts = (
        max(size, number + 1),
        root,
        int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0]),
        b" ".join(b"%d 1" % one for one in sorted(lines)),
        len(packed),
    )
    stream = b"<< /Type /XRef /Size %d /Root %d 0 R /Prev %d /W [1 4 3] /Index [%s] " % facts[:4]
    stream += b"/Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (facts[4], packed)
    end = b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return bytes(out) + b"%d 0 obj\n%s%s" % (number, stream, end)


def plain_pdf(pages: int = 2, *, field: bool = False, **saved: object) -> bytes:
    """Make a small PDF with pages that say their number, and perhaps a text field."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
    )
    for number in range(1, pages + 1):
        page = pdf.add_blank_page(page_size=(300, 300))
        page.obj["/Resources"] = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        text = f"BT /F1 24 Tf 50 150 Td (Page {number}: 1000.00) Tj ET"
        page.obj["/Contents"] = pdf.make_stream(text.encode())
    if field:
        widget = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T=pikepdf.String("price"),
                V=pikepdf.String("1000.00"),
                Rect=[50, 50, 200, 80],
                P=pdf.pages[0].obj,
            )
        )
        pdf.pages[0].obj["/Annots"] = pikepdf.Array([widget])
        pdf.Root["/AcroForm"] = pdf.make_indirect(pikepdf.Dictionary(Fields=[widget]))
    target = io.BytesIO()
    pdf.save(target, deterministic_id=True, compress_streams=False, **saved)
    return target.getvalue()
