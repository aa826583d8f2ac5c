"""Another panel, another key: who opens is who the agency named, and each answers for itself.

Requirements A4, D31, F46; protocol, messages 0, 1 and 9. An amendment may replace the panel; a
keyset that was exchanged on the way, or that somebody else signed, is found out by its own code,
and so is an answer by another key than the holder's.
"""

from pathlib import Path

import pytest

from oversight.verify.checking import verify_bundle
from procurement.proof.notes import Signer
from tenders.panel.keyset import Keyset
from tests.oversight.story import RECEIPTS, Files, Story
from tests.oversight.test_changed import amended
from tests.oversight.test_tampering import ROGUE, closed, found, published
from tests.vectors.samples import AGENCY, SIGNERS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bundle.zip"


def another_panel(
    story: Story, *, key: Signer = AGENCY, fixed: Keyset | None = None, rehearsed: bool = True
) -> None:
    """Replace the first opener by another notice."""
    story.appoint(1, "newcomer")
    if rehearsed:
        story.draw_up(key=key)
    story.keep(story.keyset, key)
    story.control("keyset.fixed", {"object": (fixed or story.keyset).digest()})
    amended(story, keyset=story.keyset.digest())


def opened(story: Story) -> None:
    """Two bid, and everything follows, up to the minutes."""
    story.close([story.file("delta", "13.00"), story.file("epsilon", "12.00")])
    story.open()


def test_another_panel_opens_what_was_sealed_for_it(path: Path):
    story = published()
    first = story.file("alpha")
    another_panel(story)
    again = story.file("alpha", supersedes=first)
    story.close([again])
    story.open()

    assert found(story, path, lambda files: None, first.note, again.note) == set()


def test_a_keyset_that_was_exchanged_on_the_way_to_the_notice(path: Path):
    story = published()
    another_panel(story, fixed=story.keyset)
    opened(story)

    assert found(story, path) == {"other-keyset"}


def test_a_keyset_of_the_amendment_that_somebody_else_signed(path: Path):
    story = published()
    another_panel(story, key=ROGUE)
    opened(story)

    assert found(story, path) == {"keyset-not-signed"}


def test_a_keyset_under_an_honest_signature_of_another(path: Path):
    story = published()
    first = story.keyset
    another_panel(story)
    opened(story)

    def exchanged(files: Files) -> None:
        files[f"objects/{story.keyset.digest()}.note"] = first.sign(AGENCY)

    assert found(story, path, exchanged) == {"other-note"}


def test_a_new_panel_that_never_rehearsed(path: Path):
    story = published()
    another_panel(story, rehearsed=False)
    opened(story)

    assert found(story, path) == {"not-rehearsed"}


def test_the_one_who_left_rehearses_for_the_newcomer(path: Path):
    story = published()
    story.appoint(1, "newcomer")
    own, story.signers["opener-1"] = story.signers["opener-1"], SIGNERS["opener-1"]
    story.draw_up()
    story.signers["opener-1"] = own
    story.control("keyset.fixed", {"object": story.keyset.digest()})
    amended(story, keyset=story.keyset.digest())
    opened(story)

    assert found(story, path) == {"not-signed"}


def test_a_bid_sealed_for_the_panel_that_was_replaced(path: Path):
    story = published()
    first = story.keyset
    another_panel(story)
    story.keyset = first
    stale = story.file("alpha")
    story.close([stale])

    assert found(story, path) == {"other-envelope"}


# Answers


def test_the_one_who_left_answers_for_the_newcomer(path: Path):
    story = published()
    another_panel(story)
    story.close([story.file("delta", "13.00")])
    story.request()
    story.try_all()
    story.disclose(1, key=SIGNERS["opener-1"])
    story.disclose(3)

    assert found(story, path) == {"holder-did-not-sign"}


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(ROGUE, id="by an agency's key"),
        pytest.param(RECEIPTS, id="by the platform's key"),
        pytest.param(SIGNERS["opener-2"], id="by an opener who is not there"),
    ],
)
@pytest.mark.parametrize("answer", ["failures", "disclosure", "release"])
def test_an_answer_signed_by_another_key_names_whose_it_should_be(
    path: Path, answer: str, key: Signer
):
    story, _ = closed()
    story.request()
    story.try_all(key=key if answer == "failures" else None)
    if answer != "failures":
        story.disclose(key=key if answer == "disclosure" else None)
    if answer == "release":
        story.release(key=key)

    report = verify_bundle(story.bundle(path), story.anchors())

    wrong = [one for one in report.findings if one.code == "holder-did-not-sign"]
    holders = {
        "failures": ["opener-1", "opener-3", "timekeeper"],
        "disclosure": ["opener-1", "opener-3"],
        "release": ["timekeeper"],
    }
    names = [SIGNERS[holder].name for holder in holders[answer]]
    assert [one.expected for one in wrong] == [f"signed by {name}" for name in names]
