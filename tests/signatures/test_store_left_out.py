"""What a file has brought as evidence counts, also where a later revision does not list it.

EN 319 142-1, 5.4.1 wants a store to keep what was in it, and lets what is newer take its place. So
less is no change of the document: it is a remark, and it hides nothing.
"""

import io
from collections.abc import Iterable
from dataclasses import replace

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signatures.pdf.policy import Limits, Policy
from signatures.pdf.report import Report, Verdict
from signatures.pdf.signing import Evidence, SigningKey
from signatures.training_services import revocation_list
from tests.signatures.documents import NOW, RECEIVED, Practice, appended
from tests.signatures.revoking import DAY, HOUR, Case, answering

N = generic.NameObject
LEFT_OUT = "evidence-left-out"


@pytest.fixture
def case(practice: Practice) -> Case:
    return Case.of(practice)


def stored(
    pdf: bytes,
    *,
    certs: Iterable[bytes] = (),
    crls: Iterable[bytes] = (),
    ocsps: Iterable[bytes] = (),
) -> bytes:
    """Append a store that lists these and nothing that was there before."""

    def write(writer: IncrementalPdfFileWriter) -> None:
        kinds = {"/Certs": certs, "/CRLs": crls, "/OCSPs": ocsps}
        writer.root["/DSS"] = writer.add_object(
            generic.DictionaryObject(
                {
                    N(name): generic.ArrayObject(
                        [writer.add_object(generic.StreamObject(stream_data=der)) for der in ders]
                    )
                    for name, ders in kinds.items()
                    if ders
                }
            )
        )
        writer.update_root()

    return appended(pdf, write)


class Signed:
    """A file that was signed with evidence in it, and what its authority says."""

    def __init__(self, case: Case, *, answers: tuple[bytes, ...] = ()) -> None:
        self.case, practice = case, case.practice
        brought = practice.evidence().certificates
        self.root = revocation_list(practice.authority, "root", at=NOW)
        self.list = case.listed(NOW)
        evidence = Evidence(brought, (self.root, self.list), answers)
        key = SigningKey.from_pem(case.credential.pem())
        self.pdf = practice.sign(practice.form, key, evidence=evidence)
        with pikepdf.open(io.BytesIO(self.pdf)) as opened:  # responders' certificates, too
            self.certs = [one.read_bytes() for one in opened.Root.DSS.Certs]

    def judged(self, pdf: bytes, *crls: bytes, **asked: object) -> Report:
        anchors = replace(self.case.anchors(), crls=crls)
        return self.case.practice.judged(pdf, policy=Policy(**asked), anchors=anchors)  # type: ignore[arg-type]


def told(report: Report) -> dict[str, str]:
    return next((dict(one.facts) for one in report.findings if one.code == LEFT_OUT), {})


def test_a_store_that_lists_less_is_a_remark_and_no_change(case: Case) -> None:
    signed = Signed(case)

    report = signed.judged(stored(signed.pdf, certs=signed.certs))

    assert (report.verdict, report.codes) == (Verdict.VALID_WITH_REMARKS, (LEFT_OUT,))
    assert told(report) == {"certificates": "0", "lists": "2", "answers": "0"}
    assert report.signatures[0].changes == ()


def test_a_list_that_was_left_out_still_revokes(case: Case) -> None:
    """The attack: whoever holds the file drops from its store what speaks against it."""
    good = case.listed(NOW - DAY)
    case.revoke(since=NOW - HOUR)
    signed = Signed(case)
    attack = stored(signed.pdf, certs=signed.certs, crls=[signed.root, good])

    report = signed.judged(attack, signed.root, good)

    assert (report.verdict, report.codes[0]) == (Verdict.INVALID, "revoked")
    assert told(report)["lists"] == "1"


def test_an_answer_that_was_left_out_still_revokes(case: Case) -> None:
    by = case.practice.authority.authority("ocsp")
    signed = Signed(case, answers=(answering(case, by, "REVOKED"),))
    attack = stored(signed.pdf, certs=signed.certs, crls=[signed.root, signed.list])

    report = signed.judged(attack)

    assert (report.verdict, report.codes[0]) == (Verdict.INVALID, "revoked")
    assert told(report)["answers"] == "1"


def test_a_certificate_that_was_left_out_is_still_found(case: Case) -> None:
    signed = Signed(case)
    fewer = stored(signed.pdf, crls=[signed.root, signed.list])

    assert told(signed.judged(fewer)) == {"certificates": "1", "lists": "0", "answers": "0"}


@pytest.mark.parametrize("how", ["the same, written anew", "newer", "more of it"])
def test_a_store_that_keeps_or_renews_what_it_had_is_no_remark(case: Case, how: str) -> None:
    by = case.practice.authority.authority("ocsp")
    answer = answering(case, by)
    signed = Signed(case, answers=(answer,))
    later = RECEIVED if how == "newer" else NOW
    lists = [revocation_list(case.practice.authority, "root", at=later), case.listed(later)]
    answers = [answering(case, by, at=later)] if how == "newer" else [answer]
    if how == "more of it":
        lists += [case.listed(RECEIVED)]

    honest = stored(signed.pdf, certs=signed.certs, crls=lists, ocsps=answers)

    assert signed.judged(honest).codes == ()


def test_what_is_older_takes_nobodys_place(case: Case) -> None:
    by = case.practice.authority.authority("ocsp")
    signed = Signed(case, answers=(answering(case, by),))
    lists = [signed.root, case.listed(NOW - DAY)]
    older = [answering(case, by, at=NOW - DAY)]

    report = signed.judged(stored(signed.pdf, certs=signed.certs, crls=lists, ocsps=older))

    assert told(report) == {"certificates": "0", "lists": "1", "answers": "1"}


def test_what_was_left_out_twice_and_came_back_is_there(case: Case) -> None:
    signed = Signed(case)
    once = stored(signed.pdf, certs=signed.certs)
    again = stored(once, certs=signed.certs, crls=[signed.root, signed.list])

    assert signed.judged(again).codes == ()


def test_a_file_proves_no_more_than_its_store_lists_now(case: Case) -> None:
    """Else it would be called one that lasts, by what no reader looks for."""
    practice = case.practice
    dated = practice.sign(practice.form, tsa=practice.tsa, evidence=practice.evidence())
    fewer = stored(dated, certs=practice.evidence().certificates)

    before, after = (practice.judged(pdf, policy=Policy()) for pdf in (dated, fewer))

    assert (before.signatures[0].level, after.signatures[0].level) == ("B-LT", "B-T")
    assert Verdict.INVALID is practice.judged(fewer, policy=Policy(level="B-LT")).verdict


def test_of_earlier_stores_so_much_is_read_and_no_more(case: Case) -> None:
    signed = Signed(case)
    pdf = signed.pdf
    for number in range(9):
        pdf = stored(pdf, certs=signed.certs, crls=[case.listed(NOW - number * HOUR)])

    whole, few = (
        told(signed.judged(pdf, limits=Limits(certificates=most)))["lists"] for most in (50, 3)
    )

    assert (whole, few) == ("10", "5")
