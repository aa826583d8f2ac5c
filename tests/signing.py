"""A training authority for every test: whom the platform trusts, without a network.

    def test_…(trust: Trust):
        lotus = trust.issue("Lotus Works", "NTRCN-91310000MA1K0000XX")
        signed = trust.sign(pdf, lotus, at=now)

All workers of a run share one. Its certificates hold at any instant that a test may play at, and
its revocation lists are younger than all of them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from procurement.keys import sealing_key_file
from procurement.tryout.authority import write_key
from signatures.pdf.signing import Evidence, SigningKey, sign_pdf
from signatures.training import Credential, TrainingAuthority
from signatures.training_services import revocation_list, timestamp
from tests import servers

BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
ENDS = datetime(2040, 1, 1, tzinfo=UTC)
SIGNER_LISTS = ("root", "issuing", "tsa-root")


@dataclass(frozen=True)
class Trust:
    """The training authority of this run, and what people do with its certificates."""

    directory: Path

    @cached_property
    def authority(self) -> TrainingAuthority:
        return TrainingAuthority(self.directory, now=BEGAN)

    @property
    def anchors(self) -> Path:
        """Name the anchors directory that ``settings.SIGNATURE_ANCHORS_DIR`` points to."""
        return self.directory / "anchors"

    def issue(self, organisation: str, identifier: str, **wanted: object) -> Credential:
        """Issue a certificate to an organisation: key, certificate and issuers."""
        asked = {
            "common_name": f"Signer of {organisation}",
            "now": BEGAN,
            "valid_from": BEGAN,
            "valid_until": ENDS,
        }
        return self.authority.issue(
            organisation=organisation, identifier=identifier, **(asked | wanted)
        )

    def sign(self, pdf: bytes, credential: Credential, at: datetime, **how: object) -> bytes:
        """Sign a PDF as B-LT: with a timestamp, and with revocation data as of ``at``."""
        asked = {"tsa": lambda request: timestamp(self.authority, request, at=at)}
        evidence = Evidence(
            certificates=(self.authority.authority("issuing").certificate_der,),
            crls=tuple(revocation_list(self.authority, label, at=at) for label in SIGNER_LISTS),
        )
        key = SigningKey.from_pem(credential.pem())
        return sign_pdf(pdf, key, at=at, **(asked | {"evidence": evidence} | how))

    def prepare(self) -> None:
        """Write anchors and the platform's own key, once a run."""
        with servers.alone("authority"):
            if not self.anchors.exists():
                self.authority.write_anchors(self.anchors, now=ENDS)
            if not sealing_key_file().exists():
                write_key(sealing_key_file(), self.issue("Practice platform", "NTRCN-PLATFORM"))


@pytest.fixture(scope="session")
def _trust() -> Trust:
    trust = Trust(servers.home() / "authority")
    trust.prepare()
    return trust


@pytest.fixture
def trust(_trust: Trust, settings: Settings) -> Trust:
    """Trust the training authority of this run, and seal with a certificate of it."""
    settings.SIGNATURE_ANCHORS_DIR = _trust.anchors
    settings.KEYS_DIR = servers.home() / "keys"
    return _trust
