"""Papers beside the forms: mandates by which somebody signed, and copies with the platform's seal.

What the signatures on them are worth is judged by who has the software.
"""

from collections.abc import Iterator

from oversight.verify.bundle import COUNTERSIGNED, form_path, mandate_path
from oversight.verify.case import Case
from oversight.verify.named import Named, named
from oversight.verify.recorded import Recorded, reports
from oversight.verify.report import Finding
from procurement.proof.basis import GivenMandate
from procurement.proof.suppliers import SigningMandate


def mandates_named(case: Case) -> dict[str, GivenMandate]:
    """Give every mandate that a verdict rests on, by the digest of its signed paper."""
    bases = (one.basis for one in named(case) if one.basis)
    return {given.paper: given for basis in bases for given in basis.mandates}


def signed_by_mandate(case: Case) -> bool:
    """Tell whether any verdict rests on a mandate, or any report says so."""
    told = (one for of_file in reports(case).values() for one in of_file)
    return bool(mandates_named(case)) or any(one.by_mandate for one in told)


def mandates_stand_behind(case: Case) -> Iterator[Finding]:
    """Whoever signed by a mandate had one, of that body, recorded by then and in force."""
    told = {one.digest: one for of_file in reports(case).values() for one in of_file}
    for one in named(case):
        report = told.get(str(one.basis.report)) if one.basis else None
        if report is not None:
            yield from _without_mandate(case, one, report)
    for paper in mandates_named(case):
        if mandate_path(paper) not in case.bundle:
            yield Finding("missing-file", mandate_path(paper), "a signed mandate", "none")


def copies_begin_with_the_form(case: Case) -> Iterator[Finding]:
    """Every countersigned form begins with the form as it was filed, to the byte."""
    filed = {one.file for one in named(case)}
    for path in case.bundle.paths(COUNTERSIGNED, ".pdf"):
        form = path.removeprefix(COUNTERSIGNED).removesuffix(".pdf")
        if form not in filed or form_path(form) not in case.bundle:
            yield Finding("copy-without-form", path, "a form that was filed", form)
            continue
        if (begun := case.bundle.begins(path, form_path(form))) != form:
            yield Finding("other-form", path, form, begun)


def _without_mandate(case: Case, one: Named, report: Recorded) -> Iterator[Finding]:
    assert one.basis is not None
    given = {
        said.certificate
        for mandate in one.basis.mandates
        if _counts(said := case.object(SigningMandate, mandate.mandate, one.where), one, report)
        and mandate.recorded_at <= report.at
    }
    for certificate in sorted(report.by_mandate - given):
        yield Finding("no-mandate", one.where, f"a mandate for {certificate}", "none then in force")


def _counts(said: SigningMandate, one: Named, report: Recorded) -> bool:
    ours = one.bodies is None or said.organisation in one.bodies
    return ours and said.valid_from <= report.at < said.valid_until
