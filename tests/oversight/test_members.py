"""Whoever stands in two bids of a lot, or in one against its will, is found out; the debarred too.

Requirements C25, D34. The platform refuses these at filing and at the award; here it let them
pass, and signed for them.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from bidding.sealed.bid import Bidder
from tests.oversight.story import Asked, Story, bidder_of, debarred
from tests.oversight.test_tampering import found, published


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bundle.zip"


def opened(story: Story) -> None:
    story.close(story.filed)
    story.open()


def together(*, mandated: tuple[str, ...] = ("beta", "gamma"), signers: tuple[str, ...] = ()):
    """Alpha files with beta and gamma; delta alone."""
    story = published()
    story.consortium("alpha", "beta", "gamma", mandated=mandated)
    story.file("alpha", together_with=("beta", "gamma"), signers=signers)
    story.file("delta", "13.00")
    return story


def test_a_consortium_that_bids_and_wins_is_authentic(path: Path):
    story = together()
    opened(story)
    story.award(story.filed[0])

    assert found(story, path) == set()


@pytest.mark.parametrize(
    ("lead", "others"),
    [
        pytest.param("beta", (), id="a member bids alone, too"),
        pytest.param("epsilon", ("beta",), id="a member stands in another consortium"),
        pytest.param("epsilon", ("alpha",), id="the lead is a member elsewhere"),
    ],
)
def test_one_body_in_two_bids_of_a_lot(path: Path, lead: str, others: tuple[str, ...]):
    story = together()
    if others:
        story.consortium(lead, *others, mandated=others)
    story.file(lead, "9.00", together_with=others)
    opened(story)

    assert found(story, path) == {"member-twice"}


def test_who_took_its_own_bid_back_may_stand_in_another(path: Path):
    story = published()
    own = story.file("beta", "9.00")
    story.withdraw(own)
    story.consortium("alpha", "beta", mandated=("beta",))
    joint = story.file("alpha", together_with=("beta",))
    story.close([joint])
    story.open()

    assert found(story, path) == set()


@pytest.mark.parametrize(
    ("mandated", "signers", "wrong"),
    [
        pytest.param(("beta",), (), {"not-mandated"}, id="one member said nothing"),
        pytest.param(("beta",), ("alpha",), {"not-mandated"}, id="only the lead signed"),
        pytest.param(("beta",), ("alpha", "gamma"), set(), id="it signed the form itself"),
        pytest.param((), ("alpha", "gamma"), {"not-mandated"}, id="one of two signed"),
    ],
)
def test_a_member_stands_in_a_bid_against_its_will(
    path: Path, mandated: tuple[str, ...], signers: tuple[str, ...], wrong: set[str]
):
    story = together(mandated=mandated, signers=signers)
    opened(story)

    assert found(story, path) == wrong


def test_a_mandate_that_was_taken_back_before_the_filing(path: Path):
    story = published()
    given = story.consortium("alpha", "beta", mandated=("beta",))
    story.concealed("mandate.revoked", {"mandate": given})
    story.file("alpha", together_with=("beta",))
    opened(story)

    assert found(story, path) == {"not-mandated"}


def test_a_mandate_that_was_given_after_the_filing(path: Path):
    story = published()
    story.consortium("alpha", "beta")
    story.file("alpha", together_with=("beta",))
    story.consortium("alpha", "beta", mandated=("beta",))
    opened(story)

    assert found(story, path) == {"not-mandated"}


def test_a_bid_of_members_who_never_formed_a_consortium(path: Path):
    story = published()
    story.consortium("alpha", "beta", mandated=("beta",))
    story.file("alpha", together_with=("gamma",))
    opened(story)

    assert found(story, path) == {"no-consortium"}


# The debarment list


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(lambda said: replace(said, asked=said.asked[:1]), id="a member is left out"),
        pytest.param(lambda said: replace(said, bid="0" * 64), id="about another bid"),
        pytest.param(lambda said: replace(said, purpose="award"), id="for another purpose"),
    ],
)
def test_a_look_up_that_is_not_of_everybody_in_the_bid(path: Path, asked: Asked):
    story = published()
    story.consortium("alpha", "beta", mandated=("beta",))
    story.file("alpha", together_with=("beta",), asked=asked)
    opened(story)

    assert found(story, path) == {"other-look-up"}


def test_a_bidder_who_was_listed_when_it_filed_and_whom_nobody_judged(path: Path):
    story = published()
    listed = story.file("alpha", asked=debarred)
    opened(story)
    story.award(listed)

    assert found(story, path) == {"not-judged"}


def test_a_bidder_who_was_listed_when_it_filed_and_whom_two_people_judged(path: Path):
    story = published()
    listed = story.file("alpha", asked=debarred)
    opened(story)
    story.judge(listed, counts=True)
    story.award(listed)

    assert found(story, path) == set()


def test_a_winner_who_was_listed_at_the_decision_and_whom_nobody_judged(path: Path):
    story = together()
    opened(story)
    story.award(story.filed[0], asked=debarred)

    assert found(story, path) == {"winner-debarred"}


def test_an_award_to_who_was_listed_and_of_whom_two_people_said_that_it_counts(path: Path):
    story = together()
    opened(story)
    story.judge(story.filed[0], counts=True)
    story.award(story.filed[0], asked=debarred)

    assert found(story, path) == set()


def test_an_award_before_which_a_member_was_not_looked_up(path: Path):
    story = together()
    opened(story)
    story.award(story.filed[0], asked=lambda said: replace(said, asked=said.asked[1:]))

    assert found(story, path) == {"other-look-up"}


@pytest.mark.parametrize("verb", ["bid.filed", "award.decided"])
def test_a_filing_and_an_award_before_which_nobody_was_looked_up(
    path: Path, verb: str, monkeypatch: pytest.MonkeyPatch
):
    story = published()
    write = story.log.write

    def without_the_look_up(kind: str, what: str, body, **said):
        kept = {name: one for name, one in body.items() if (what, name) != (verb, "check")}
        return write(kind, what, kept, **said)

    monkeypatch.setattr(story.log, "write", without_the_look_up)
    story.file("alpha")
    opened(story)
    story.award(story.filed[0])

    assert found(story, path) == {"not-looked-up"}


# What is announced and decided of a consortium


def test_a_member_left_out_of_what_was_announced(path: Path):
    story = together()
    story.close(story.filed)
    story.request()
    story.try_all()
    story.disclose()
    story.release()
    story.announce(lambda said: replace(said, members=(said.bidder,)))
    story.minute()

    assert found(story, path) == {"other-members"}


def test_a_member_left_out_of_the_ranking(path: Path):
    story = together()
    opened(story)
    places = lambda ranking: tuple(  # noqa: E731 - one line says it
        replace(one, members=(one.bidder,)) for one in ranking.places
    )
    story.award(story.filed[0], change=lambda said: replace(said, places=places(said)))

    assert found(story, path) == {"other-ranking"}


@pytest.mark.parametrize(
    "winner",
    [
        pytest.param(bidder_of("alpha"), id="members are left out"),
        pytest.param(bidder_of("delta"), id="another bidder"),
        pytest.param(bidder_of("beta", "alpha", "gamma"), id="another leads"),
    ],
)
def test_a_decision_for_another_winner_than_was_proposed(path: Path, winner: Bidder):
    story = together()
    opened(story)
    story.award(story.filed[0], winner=winner)

    assert found(story, path) == {"other-winner"}
