"""Each pack says what the table of time limits says, with the article and who has read it.

the table of time limits; evidence: [V] read, [V*] transposed, [K] general and shown as unverified.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenders import packs as rule_packs
from tenders.packs import PACKS, TRAINING, BadPack, editions, every_pack, packs, read_pack
from tenders.queries import pack_of
from tenders.rules.dates import Rule, said
from tenders.rules.pack_parts import Rules
from tenders.rules.pack_shown import pack_json
from tests.world import World, draft_tender, plan_line

REAL = ("cn-bidding", "cn-gp", "eu-2014-24")
V, V_STAR, K = "read", "transposed", "general"


@pytest.mark.parametrize(
    ("name", "rule", "value", "unit", "evidence", "article"),
    [
        # bid_period_min (open)
        ("eu-2014-24", "bid_period", 35, "days", V_STAR, "art. 27(1)"),
        ("cn-bidding", "bid_period", 20, "days", V, "art. 24"),
        ("cn-gp", "bid_period", 20, "days", V, "art. 35"),
        # documents_available_min, notice_period
        ("cn-bidding", "documents_available", 5, "days", V, "art. 16"),
        ("cn-gp", "documents_available", 5, "working-days", V, "art. 18"),
        ("cn-gp", "notice_period", 5, "working-days", V, "art. 16"),
        # question_cutoff, answer_cutoff
        ("cn-bidding", "questions_until", 10, "days", V, "art. 22"),
        ("cn-bidding", "answer_within", 3, "days", V, "art. 22"),
        ("cn-gp", "challenge", 7, "working-days", V, "art. 53"),
        ("cn-gp", "answer_within", 3, "working-days", V, "art. 52"),
        ("eu-2014-24", "questions_until", 10, "days", K, "art. 47(3)"),
        ("eu-2014-24", "answers_until", 6, "days", V_STAR, "art. 47(3)"),
        # amendment_min_before_deadline
        ("cn-bidding", "amendment_minimum", 15, "days", V, "art. 23"),
        ("cn-gp", "amendment_minimum", 15, "days", V, "art. 27"),
        ("eu-2014-24", "amendment_minimum", 10, "days", K, "art. 47(3)"),
        # min_bidders_to_open, openers_min, opening_time
        ("eu-2014-24", "minimum_bidders", 1, "count", K, "2014/24/EU"),
        ("cn-bidding", "minimum_bidders", 3, "count", V, "art. 44"),
        ("cn-gp", "minimum_bidders", 3, "count", V, "arts. 41"),
        ("eu-2014-24", "openers_minimum", 2, "count", V, "VgV, § 55"),
        ("cn-bidding", "opening_within", 0, "seconds", V, "art. 34"),
        ("cn-gp", "opening_within", 0, "seconds", V, "art. 39"),
        # Prozorro's precedent (implementation note 4)
        ("eu-2014-24", "question_extension", 2, "working-days", K, "art. 47(3)"),
        ("cn-gp", "question_extension", 2, "working-days", K, "Prozorro"),
        ("eu-2014-24", "most_question_extensions", 2, "count", K, "Daylight"),
        # archive_years
        ("eu-2014-24", "retention", 3, "years", V_STAR, "art. 84"),
        ("cn-gp", "retention", 15, "years", V, "art. 42"),
        ("cn-bidding", "retention", 3, "years", V_STAR, "art. 40"),
    ],
)
def test_a_rule_has_its_number_its_article_and_its_evidence(
    name: str, rule: str, value: int, unit: str, evidence: str, article: str
) -> None:
    told = getattr(packs()[name].rules, rule)

    assert (told.value, told.unit, told.evidence) == (value, unit, evidence)
    assert article in told.source


@pytest.mark.parametrize(
    ("ground", "value", "needs", "article"),
    [
        ("e-submission", 30, "nothing", "art. 27(4)"),
        ("prior-notice", 15, "prior-notice", "art. 27(2)"),
        ("urgent", 15, "justification", "art. 27(3)"),
    ],
)
def test_less_time_has_a_ground_in_the_union(
    ground: str, value: int, needs: str, article: str
) -> None:
    """The table of time limits: 30 d, 15 d, 15 d [V*]; A12: a prior notice 35 d to 12 m before."""
    reduction = packs()["eu-2014-24"].reductions[ground]

    assert (reduction.period.value, reduction.needs) == (value, needs)
    assert reduction.period.evidence == V_STAR
    assert article in reduction.period.source


def test_no_ground_shortens_the_time_in_china() -> None:
    """The table of time limits: no change by e-submission; other grounds are other procedures."""
    assert packs()["cn-bidding"].reductions == packs()["cn-gp"].reductions == {}


@pytest.mark.parametrize("name", REAL)
def test_the_protocol_has_its_seconds(name: str) -> None:
    """Daylight protocol, steps 6, 8 and 9a, message 1, Control events."""
    rules = packs()[name].rules

    assert {one: getattr(rules, one).value for one in (
        "grace", "delta", "tick", "reveal", "freshness", "repeat_rehearsal",
    )} == {
        "grace": 30, "delta": 120, "tick": 10, "reveal": 1_800, "freshness": 60,
        "repeat_rehearsal": 86_400,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "public_opening", "opening_time", "minimum", "told", "committee_away", "declares"),
    [
        ("cn-bidding", True, "same-time", 3, "public-and-recipients", False, False),
        ("cn-gp", True, "same-time", 3, "public-and-recipients", True, False),
        ("eu-2014-24", False, "promptly", 1, "public", False, True),
        (TRAINING, True, "free", 1, "public", False, False),
    ],
)
def test_what_regimes_decide_differently_is_a_switch(
    name: str,
    public_opening: bool,
    opening_time: str,
    minimum: int,
    told: str,
    committee_away: bool,
    declares: bool,
) -> None:
    """Four switches between regimes; requirements C26 and F57."""
    pack = packs()[name]

    assert pack.public_opening is public_opening
    assert pack.opening_time == opening_time
    assert pack.minimum_bidders == minimum
    assert pack.switches.amendment_notice.value == told
    assert pack.switches.committee_excluded_from_opening.value is committee_away
    assert pack.self_declaration is declares
    assert pack.in_notice().who_decrypts == "quorum"


def test_no_pack_lets_anybody_but_a_quorum_decrypt_and_the_reason_is_told() -> None:
    text = (PACKS / "cn-bidding.1.toml").read_text()

    with pytest.raises(BadPack) as refused:
        read_pack(text.replace('value = "quorum"', 'value = "bidder"'), "cn-bidding.1.toml")

    assert str(refused.value) == (
        "cn-bidding.1.toml: who_decrypts is 'bidder'; only 'quorum' is offered: a bidder who "
        "decrypts alone can keep its bid shut once others are read (protocol, step 9)"
    )


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        pytest.param('unit = "working-days"', 'unit = "fortnights"', id="a unit nobody counts in"),
        pytest.param('evidence = "read"', 'evidence = "heard"', id="evidence of no kind"),
        pytest.param('count_from = "next-day"', 'count_from = "noon"', id="counted from noon"),
        pytest.param('roll = "next-working-day"', "", id="no way to count days"),
        pytest.param("effective_from = 2003-01-01", 'effective_from = "2003"', id="since a text"),
        pytest.param("minimum_bidders = {", 'minimum_bidders = { unit = "days",',
                     id="bidders in days"),
        pytest.param("grace = { value = 30", 'grace = { unit = "days", value = 30',
                     id="a grace in days"),
        pytest.param("minimum_bidders = { value = 3", "minimum_bidders = { value = 0",
                     id="less than a notice can say"),
        pytest.param('value = "public-and-recipients"', 'value = "nobody"', id="nobody is told"),
    ],
)  # fmt: skip
def test_an_unsound_pack_is_refused(was: str, becomes: str) -> None:
    text = (PACKS / "cn-gp.1.toml").read_text()

    assert was in text
    with pytest.raises(BadPack, match=r"^cn-gp\.1\.toml: "):
        read_pack(text.replace(was, becomes, 1), "cn-gp.1.toml")


@pytest.mark.parametrize("name", [*REAL, TRAINING])
def test_what_nobody_has_read_is_shown_as_unverified(name: str) -> None:
    """The table of time limits, evidence [K]: to be shown to users as unverified."""
    pack = packs()[name]

    for rule in vars(pack.rules).values():
        if rule is not None:
            marked = rule.cited().en.endswith("; unverified")
            assert marked is rule.cited().zh.endswith("；未核实") is (rule.evidence == K)
            assert rule.to_json()["verified"] is (rule.evidence != K)


@pytest.mark.parametrize("name", [*REAL, TRAINING])
def test_a_pack_is_shown_whole_in_both_languages(name: str) -> None:
    """Requirement A5: the decryption and the fallback rule are told."""
    shown = pack_json(packs()[name])

    rules, texts = shown["rules"], shown["texts"]
    assert isinstance(rules, dict)
    assert isinstance(texts, dict)
    assert set(rules) == {name for name, rule in vars(packs()[name].rules).items() if rule}
    assert set(texts) == ({"decryption", "fallback"} if name != TRAINING else set())


def test_every_rule_that_a_pack_may_have_is_had_by_one() -> None:
    had = {name for pack in packs().values() for name, rule in vars(pack.rules).items() if rule}

    assert had == set(Rules.__annotations__)


def test_a_period_is_said_in_words() -> None:
    assert said(Rule(5, "x", unit="working-days")) == ("5 working days", "5 个工作日")


@pytest.fixture
def a_second_edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Publish another edition of cn-gp, with 25 days in place of 20, beside the first."""
    kept = shutil.copytree(PACKS, tmp_path / "packs")
    text = (kept / "cn-gp.1.toml").read_text().replace("version = 1", "version = 2")
    (kept / "cn-gp.2.toml").write_text(
        text.replace("bid_period = { value = 20", "bid_period = { value = 25")
    )
    with monkeypatch.context() as there:
        there.setattr(rule_packs, "PACKS", kept)
        _read_again()
        yield
    _read_again()


def _read_again() -> None:
    every_pack.cache_clear()
    packs.cache_clear()


@pytest.mark.django_db
def test_a_tender_keeps_the_edition_under_which_it_was_drafted(
    world: World, request: pytest.FixtureRequest
) -> None:
    first = draft_tender(world, pack="cn-gp")
    request.getfixturevalue("a_second_edition")
    second = draft_tender(world, pack="cn-gp", line=plan_line(world))

    assert editions("cn-gp") == [1, 2]
    assert (first.pack_version, pack_of(first).rules.bid_period.value) == (1, 20)
    assert (second.pack_version, pack_of(second).rules.bid_period.value) == (2, 25)


def test_a_file_is_named_as_the_pack_that_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(PACKS / "cn-gp.1.toml", tmp_path / "cn-gp.7.toml")
    with monkeypatch.context() as there:
        there.setattr(rule_packs, "PACKS", tmp_path)
        _read_again()
        with pytest.raises(BadPack, match=r"^cn-gp\.7\.toml: this is cn-gp\.1$"):
            packs()
    _read_again()
