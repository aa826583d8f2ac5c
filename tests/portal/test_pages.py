"""What was published can be read by everyone, in both languages, without signing in or a script.

Requirements A2 and F48.
"""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import x509
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from awards.actions.deciding import decide
from awards.actions.judging import judge
from awards.actions.proposing import propose
from awards.models import LotAward
from procurement.journal.sequencer import tick
from procurement.roles import OrganisationKind
from procurement.texts import Text, placeholders
from signatures.pdf.chain import common_name
from tenders.actions.approvals import submit_for_approval
from tenders.actions.orders import make
from tenders.models import Tender
from tenders.rules.draft import ItemDraft, LotDraft
from tests.awards import opened as rows
from tests.awards.opened import OpenedTender, Said, opened_tender
from tests.ground.making import organisation, person
from tests.portal.reading import fetched, words
from tests.signatures.trusting import changes, proposed
from tests.world import (
    World,
    approve,
    attach,
    declare_none,
    draft_tender,
    order,
    publish,
    published_tender,
    seat_panel,
)

pytestmark = pytest.mark.django_db
DOUBTFUL = Said("100.00", verdict="INVALID")
TEMPLATES = Path(__file__).parents[2] / "portal" / "templates" / "portal"
BANNER = {
    "en": "Evaluation instance: receipts are not legally usable",
    "zh": "评估环境：回执不具法律效力",
}


def lots(count: int) -> tuple[LotDraft, ...]:
    return tuple(
        LotDraft(
            f"lot-{n}",
            Text(f"Part {n}", f"第 {n} 部分"),
            "price",
            (ItemDraft("chairs", f"Chair of part {n}", "1000", "piece", "CPV", "39112000-0"),),
        )
        for n in range(1, count + 1)
    )


@pytest.fixture
def open_world(world: World) -> World:
    """Give a world whose clock is the database's too."""
    world.wind_to(world.now)
    return world


@pytest.fixture
def tender(open_world: World) -> Tender:
    """A tender that takes bids for two days, in two lots."""
    return published_tender(open_world, lots=lots(2), closes_in=timedelta(days=2))


def queries_of(path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        fetched(path)
    return len(queries)


# The tender


def test_a_tender_says_what_is_bought_for_how_much_and_until_when(tender: Tender) -> None:
    en, zh = (words(fetched(f"/tenders/{tender.pk}/", lang)) for lang in ("en", "zh"))

    for said in (
        "Chairs for the hall",
        "City Roads Office · Published",
        "Ten folding chairs",
        "Bids close Wed 4 Mar 2026, 17:30:00 CST (UTC+8) · 09:30 UTC in 1 d 23 h",
        "Budget, tax included 50,000.00 CNY",
        "lot-2 · Part 2",
        "Chair of part 2 1000 piece CPV 39112000-0",
        "Legal approval Approved",
        "Finance approval Approved",
        "No order has been made about this tender.",
        tender.notice,
        tender.notice_pdf_sha256,
    ):
        assert said in en
    for said in (
        "大厅座椅",
        "市道路管理局 · 已发布",
        "十把折叠椅",
        "投标截止 2026年3月4日（周三）17:30:00 北京时间（UTC+8） · 09:30 UTC 1 天 23 小时后",
        "lot-2 · 第 2 部分",
        "法务审批 已批准",
    ):
        assert said in zh


def test_it_says_how_bid_forms_are_signed_and_names_the_authorities_that_count(
    world: World,
) -> None:
    change, *_ = changes(world)
    proposed(world, change)
    asked = {"level": "B-T", "signers": 2, "authorities": [change.sha256, "0" * 64]}

    tender = published_tender(world, signatures=asked)

    en, zh = (words(fetched(f"/tenders/{tender.pk}/", lang)) for lang in ("en", "zh"))
    assert (
        "Bid forms are signed with an accepted timestamp (B-T); by 2 different signers of the "
        "bidder; with certificates of 2 named authorities only" in en
    )
    name = common_name(x509.Certificate.load(change.certificate))
    assert (
        f"Accepted certificate authorities {name} SHA-256 {change.sha256} SHA-256 {'0' * 64} "
    ) in en
    assert f"认可的证书颁发机构 {name} SHA-256" in zh


def test_where_the_notice_names_no_authority_the_page_does_not_either(tender: Tender) -> None:
    assert "authorities" not in words(fetched(f"/tenders/{tender.pk}/"))


def test_its_documents_are_named_with_their_digest_and_can_be_fetched(open_world: World) -> None:
    world = open_world
    tender = _with_document(world, "conditions 通用 & more.txt")

    page = fetched(f"/tenders/{tender.pk}/")

    digest = tender.documents.get().sha256
    assert f"SHA-256 {digest}" in words(page)
    address = re.search(r'href="(/api/v1/tenders/[^"]*/documents/[^"]*)"', page)
    assert address is not None
    assert address[1].endswith("/documents/conditions%20%E9%80%9A%E7%94%A8%20%26%20more.txt")


def _with_document(world: World, name: str) -> Tender:
    draft = draft_tender(world)
    attach(world, draft, name)
    declare_none(world, draft, "officer")
    seat_panel(world, draft)
    submit_for_approval(tender_id=draft.pk, by=world.by("officer"), now=world.now)
    approve(world, draft)
    return publish(world, draft)


def test_an_order_is_shown_with_its_cause(open_world: World, tender: Tender) -> None:
    world = open_world
    note = order(world, tender, "suspend")
    make(tender_id=tender.pk, order_note=note, by=world.by("overseer"), now=world.now)

    page = words(fetched(f"/tenders/{tender.pk}/"))

    assert "Published Suspended" in page
    assert "The tender is suspended: A complaint is being looked into" in page
    assert "Suspends the tender : A complaint is being looked into" in page
    assert "已暂停" in words(fetched("/tenders/", "zh"))


def test_the_number_of_queries_does_not_grow_with_lots(open_world: World) -> None:
    one = published_tender(open_world, lots=lots(1))
    three = published_tender(open_world, lots=lots(3))

    assert queries_of(f"/tenders/{one.pk}/") == queries_of(f"/tenders/{three.pk}/")


# The list


def test_tenders_are_listed_newest_first_and_page_by_page(db: None) -> None:
    agency = organisation(OrganisationKind.AGENCY, "Water Works")
    officer = person("Olga", officer=agency)
    titles = [rows.published_tender(agency, officer, ["lot-1"]).title_en for _ in range(21)]

    first, second = words(fetched("/tenders/")), words(fetched("/tenders/?page=2"))

    listed = re.findall(r"Water pipes [0-9]+", f"{first} {second}")
    assert listed == titles[::-1]
    assert "Page 1 of 2 Older" in first
    assert "Newer Page 2 of 2" in second
    assert words(fetched("/tenders/?page=nonsense")) == first


@pytest.mark.parametrize("path", ["/", "/tenders/"])
def test_the_number_of_queries_does_not_grow_with_tenders(db: None, path: str) -> None:
    agency = organisation(OrganisationKind.AGENCY, "Water Works")
    officer = person("Olga", officer=agency)
    rows.published_tender(agency, officer, ["lot-1"])
    once = queries_of(path)
    for _ in range(2):
        rows.published_tender(agency, officer, ["lot-1"])

    assert queries_of(path) == once


def test_the_front_page_shows_what_still_takes_bids(tender: Tender, open_world: World) -> None:
    ended = opened_tender()
    open_world.wind_to(open_world.now)

    page = words(fetched("/"))

    assert "Chairs for the hall" in page
    assert ended.tender.title_en not in page


# Opening and result


def test_after_the_opening_prices_and_causes_are_public(db: None) -> None:
    opened = opened_tender(
        {"lot-1": {"Lotus": Said("1412500.50"), "Pine": Said(cause="bidder-fault")}, "lot-2": {}}
    )

    en, zh = (
        words(fetched(f"/tenders/{opened.tender.pk}/opening/", lang)) for lang in ("en", "zh")
    )

    assert "Minutes signed" in en
    assert "Asked for the opening opener 1, opener 3" in en
    assert re.search(r"Lotus [0-9a-f]{12} Opened 1,412,500.50 CNY 1,412,500.50 CNY", en)
    assert re.search(
        r"Pine [0-9a-f]{12} Not opened: the bidder's fault It does not combine – –", en
    )
    assert "Nobody bid for this lot." in en
    assert "申请开标 开标人 1、开标人 3" in zh
    assert "未开启：投标人原因" in zh


def test_members_of_a_consortium_are_named_beside_their_lead_on_every_page(db: None) -> None:
    """Requirement F54, I84: who stands behind a bid is public once it is opened."""
    joint = Said("100.00", members=("Willow", "Reed"))
    opened = opened_tender({"lot-1": {"Lotus": joint, "Bamboo": Said("125.00")}})
    asked = {"tender_id": opened.tender.pk, "lot": "lot-1", "now": opened.now, "reason": "So"}
    propose(**asked, bid=opened.digest("Lotus"), by=opened.proposes)
    decide(**asked, decision="confirmed", by=opened.decides)

    opening = words(fetched(f"/tenders/{opened.tender.pk}/opening/"))
    en, zh = (words(fetched(f"/tenders/{opened.tender.pk}/result/", lang)) for lang in ("en", "zh"))

    either = r"(together with (Willow|Reed) ){2}"
    assert re.search(rf"Lotus {either}[0-9a-f]{{12}} Opened", opening)
    assert re.search(rf"Awarded Lotus {either}Reason", en)
    assert re.search(rf"1 Lotus {either}[0-9a-f]{{12}} 100.00 CNY", en)
    assert re.search(r"2 Bamboo [0-9a-f]{12} 125.00 CNY", en)
    assert re.search(r"已定标 Lotus (联合体成员：(Willow|Reed) ){2}", zh)


def test_the_page_of_an_opening_reads_itself_again_only_while_it_runs(db: None) -> None:
    running = opened_tender(minuted=False).tender
    done = opened_tender().tender
    refresh = '<meta http-equiv="refresh" content="10">'

    assert refresh in fetched(f"/tenders/{running.pk}/opening/")
    assert '<a href="?refresh=off">' in fetched(f"/tenders/{running.pk}/opening/")
    assert "http-equiv" not in fetched(f"/tenders/{running.pk}/opening/?refresh=off")
    assert "http-equiv" not in fetched(f"/tenders/{done.pk}/opening/")
    assert "refresh=off" not in fetched(f"/tenders/{done.pk}/opening/")


def test_the_result_shows_places_points_ties_and_who_is_out(db: None) -> None:
    opened = opened_tender(
        {
            "lot-1": {
                "Lotus": Said("100.00"),
                "Bamboo": Said("100.00"),
                "Crane": Said("150.00", verdict="UNSIGNED"),
                "Pine": Said(cause="integrity"),
            }
        }
    )

    en, zh = (words(fetched(f"/tenders/{opened.tender.pk}/result/", lang)) for lang in ("en", "zh"))

    assert re.search(r"1 \(tied\) Lotus [0-9a-f]{12} 100.00 CNY 100.00", en)
    assert re.search(r"1 \(tied\) Bamboo [0-9a-f]{12} 100.00 CNY 100.00", en)
    assert re.search(r"3 Crane [0-9a-f]{12} 150.00 CNY 66.67", en)
    assert "This ranking is not settled" in en
    assert "Pine: It was not opened" in en
    assert "（并列）" in zh


def test_an_award_is_shown_with_both_reasons(opened: OpenedTender) -> None:
    asked = {"tender_id": opened.tender.pk, "lot": "lot-1", "now": opened.now}
    page = f"/tenders/{opened.tender.pk}/result/"
    assert "Not yet proposed" in words(fetched(page))

    propose(**asked, bid=opened.digest("Bamboo"), reason="Best", by=opened.proposes)
    decide(**asked, decision="declined", reason="Lotus is cheaper", by=opened.decides)
    assert "An earlier proposal was declined: Lotus is cheaper" in words(fetched(page))
    declined = LotAward.objects.get().decision
    assert f"decisions/{declined}.pdf" in fetched(page)

    propose(**asked, bid=opened.digest("Lotus"), reason="Cheapest", by=opened.proposes)
    assert "Proposed, not yet decided Lotus Reason of the proposal Cheapest" in words(fetched(page))

    decide(**asked, decision="confirmed", reason="So it is", by=opened.decides)
    assert "Awarded Lotus" in words(fetched(page))
    assert "Reason of the decision So it is" in words(fetched(page))
    assert "定标" in words(fetched(page, "zh"))
    assert f"decisions/{LotAward.objects.get().decision}.pdf" in fetched(page)
    assert declined not in fetched(page)


@pytest.fixture
def opened(db: None) -> OpenedTender:
    """Lotus is cheaper than Bamboo."""
    return opened_tender()


@pytest.mark.parametrize("part", ["opening", "result"])
def test_the_number_of_queries_does_not_grow_with_bids_and_lots(db: None, part: str) -> None:
    names = ("Lotus", "Bamboo", "Crane")
    one = _judged(opened_tender({"lot-1": {"Lotus": DOUBTFUL}}))
    three = _judged(
        opened_tender({f"lot-{n}": dict.fromkeys(names, DOUBTFUL) for n in range(1, 4)})
    )

    assert queries_of(f"/tenders/{one.pk}/{part}/") == queries_of(f"/tenders/{three.pk}/{part}/")


def _judged(opened: OpenedTender) -> Tender:
    for bid in opened.bids.values():
        judge(
            tender_id=opened.tender.pk, bid=bid.digest, counts=True, reason="So",
            by=opened.proposes, now=opened.now,
        )  # fmt: skip
    return opened.tender


# The log


def test_the_log_shows_its_newest_checkpoint_and_the_digest_of_the_anchors(world: World) -> None:
    tick(world.now)

    page = words(fetched("/log/"))

    digest = Client().get("/api/v1/anchors")["Digest-SHA256"]
    note = Client().get("/api/v1/log/checkpoint").content.decode()
    assert f"SHA-256 {digest}" in page
    assert " ".join(note.split()) in page


def test_before_the_first_tick_there_is_no_checkpoint(db: None) -> None:
    assert "There is no checkpoint yet." in words(fetched("/log/"))


# Every page


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_page_of_a_tender_says_where_it_is_and_what_is_not_real(
    opened: OpenedTender, tender: Tender, lang: str
) -> None:
    for shown, part in ((tender, ""), (opened.tender, "opening/"), (opened.tender, "result/")):
        page = fetched(f"/tenders/{shown.pk}/{part}", lang)

        assert page.count("<h1>") == 1
        assert page.count('aria-current="page"') == 1
        assert BANNER[lang] in page
        assert f'<html lang="{"zh-Hans" if lang == "zh" else "en"}">' in page
        _keeps_the_policy(page)


@pytest.mark.parametrize("path", ["/", "/tenders/", "/log/"])
def test_no_page_has_a_style_or_script_of_its_own(db: None, path: str) -> None:
    answer = Client().get(path)

    _keeps_the_policy(answer.content.decode())
    assert "style-src 'self'" in answer["Content-Security-Policy"]


def _keeps_the_policy(page: str) -> None:
    assert not re.search(r"<script|<style| style=| on[a-z]+=", page)


def test_in_production_there_is_no_banner(db: None, settings: Settings) -> None:
    settings.PRODUCTION = True

    assert BANNER["en"] not in fetched("/tenders/")


def test_the_language_is_as_asked_else_as_remembered_else_as_the_browser_says(db: None) -> None:
    reader = Client(headers={"accept-language": "zh-CN,zh;q=0.9,en;q=0.5"})
    assert reader.get("/tenders/")["Content-Language"] == "zh-Hans"

    assert reader.get("/tenders/?lang=en")["Content-Language"] == "en"
    assert reader.get("/tenders/")["Content-Language"] == "en"

    assert reader.get("/tenders/?lang=zh")["Content-Language"] == "zh-Hans"
    assert reader.get("/tenders/?lang=xx")["Content-Language"] == "zh-Hans"
    assert Client().get("/tenders/")["Content-Language"] == "en"
    assert "Cookie" in Client().get("/tenders/")["Vary"]


def test_the_other_language_is_one_link_away_and_keeps_the_place(db: None) -> None:
    page = fetched("/tenders/?page=1")

    assert 'href="?page=1&amp;lang=zh"' in page


def test_every_sentence_of_a_template_names_the_same_facts_in_both_languages() -> None:
    said = [
        pair
        for template in TEMPLATES.glob("*.html")
        for pair in re.findall(
            r"""\{% t (?:"([^"]*)"|'([^']*)') (?:"([^"]*)"|'([^']*)')""", template.read_text()
        )
    ]

    assert len(said) > 50
    for double, single, double_zh, single_zh in said:
        en, zh = double or single, double_zh or single_zh
        assert en
        assert zh
        assert placeholders(en) == placeholders(zh), en
