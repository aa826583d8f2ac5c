"""The anchors as this platform states them. Whoever relies on them gets them elsewhere, too."""

from django.conf import settings

from procurement.keys import QUORUM, checkpoint_signer, receipt_signer, witness_signers
from procurement.models import NoteKey, Organisation
from procurement.proof.anchors import Anchors, Witness
from procurement.roles import OrganisationKind

FIRST_SERIES = 1  # of the witness policy; a statement of the old quorum begins the next


def current_anchors() -> Anchors:
    """Collect the keys that stand now: the platform's own, and those of the bodies."""
    operator = Organisation.objects.filter(kind=OrganisationKind.OPERATOR).order_by("pk").first()
    run_by = operator.name_en if operator else settings.LOG_ORIGIN
    return Anchors(
        origin=settings.LOG_ORIGIN,
        operator=run_by,
        log=checkpoint_signer().verifier,
        receipt_keys=(receipt_signer().verifier,),
        witnesses=tuple(Witness(signer.verifier, run_by) for signer in witness_signers()),
        quorum=QUORUM,
        witness_policy_series=FIRST_SERIES,
        agencies=_standing(OrganisationKind.AGENCY),
        supervisors=_standing(OrganisationKind.SUPERVISOR),
        timekeepers=_enrolled(NoteKey.TIMEKEEPER),
        release_keys=(),
        tsa=(),
    )


def _standing(kind: OrganisationKind) -> tuple[str, ...]:
    return _enrolled(NoteKey.STANDING, organisation__kind=kind)


def _enrolled(purpose: str, **of: str) -> tuple[str, ...]:
    keys = NoteKey.objects.filter(purpose=purpose, retired_at=None, **of)
    return tuple(sorted(keys.values_list("vkey", flat=True)))
