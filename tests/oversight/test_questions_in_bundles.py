"""A bundle proves what was asked and answered, and names no asker before the tender has ended.

Its questions are events without an actor, and commitments; its answers are there as they were
signed (requirement B13).
"""

import base64
import re
import zipfile
from pathlib import Path

from oversight.verify.report import Verdict
from tests.bidding.opened import close, file_all, opened_tender, sign_minutes
from tests.oversight.test_bundles import taken, verified
from tests.tenders.asking import answered, asked
from tests.world import World, published_tender

ASKED = "Is the colour of the chairs the bidder's to choose?"
BASE64 = re.compile(rb'"([A-Za-z0-9+/]{80,}={0,2})"')
PRICES = ("12.50", "11.00")  # of the first two suppliers; the third asks, and does not bid


def test_it_is_authentic_and_tells_of_no_asker(real_world: World, tmp_path: Path) -> None:
    world, asker = real_world, real_world.suppliers[2]
    tender = published_tender(world)
    answered(world, tender, asked(world, tender, asker, ASKED))
    file_all(world, tender, *PRICES)
    tender = close(world, tender)
    opened_tender(world, tender)
    sign_minutes(world, tender)

    path = taken(world, tender, tmp_path / "bundle.zip")

    report = verified(path)
    said = _said(path)
    assert (report.verdict, report.findings) == (Verdict.AUTHENTIC, ())
    assert b"question.asked" in said
    assert b"On any working day." in said
    assert ASKED.encode() not in said
    for word in (asker.organisation.pk, asker.organisation.name_en, asker.signer.pk):
        assert str(word).encode() not in said


def _said(path: Path) -> bytes:
    """Give everything that a bundle says, events out of their base64."""
    with zipfile.ZipFile(path) as bundle:
        whole = b"\n".join(bundle.read(name) for name in bundle.namelist())
    inside = [base64.b64decode(one + b"=" * (-len(one) % 4)) for one in BASE64.findall(whole)]
    return b"\n".join([whole, *inside])
