"""Anybody may have a signed PDF checked, and nothing of it is kept."""

import base64
import io
import json
import re

import pikepdf
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from procurement.clock import now
from signatures.models import SignatureReport
from signatures.pdf.catalogue import CATALOGUE
from signatures.practice import edited
from tests.portal.reading import fetched, words
from tests.signatures.documents import IDENTIFIER, plain_pdf
from tests.signing import Trust

pytestmark = pytest.mark.django_db
PDF = "application/pdf"
API = "/api/v1/signature-checks"


@pytest.fixture
def signed(trust: Trust) -> bytes:
    at = now()
    return trust.sign(plain_pdf(), trust.issue("Lotus Works", IDENTIFIER), at=at)


def sent(pdf: bytes, name: str = "offer.pdf", lang: str = "en", **fields: str) -> str:
    """Send a file as the form does; the page must come."""
    form = {"file": SimpleUploadedFile(name, pdf, PDF), **fields}
    answer = Client(enforce_csrf_checks=True).post(f"/check/?lang={lang}", form)
    assert answer.status_code == 200, answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    return answer.content.decode()


def asked(pdf: bytes, query: str = "") -> dict:  # type: ignore[type-arg]
    answer = Client().post(f"{API}{query}", pdf, content_type=PDF)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()  # type: ignore[no-any-return]


def inside(page: str, media_type: str) -> bytes:
    """Take a file out of the page that carries it."""
    found = re.search(rf'href="data:{media_type};base64,([^"]+)"', page)
    assert found is not None
    return base64.b64decode(found.group(1))


# The page


@pytest.mark.parametrize(("lang", "said"), [("en", "Signature valid"), ("zh", "签名有效")])
def test_a_signed_file_is_told_in_four_lines_in_the_reader_s_language(
    signed: bytes, lang: str, said: str
) -> None:
    page = sent(signed, lang=lang)

    assert said in words(page)
    assert "Lotus Works" in words(page)


def test_a_file_edited_afterwards_says_so_and_what_to_do(signed: bytes) -> None:
    said = words(sent(edited(signed)))

    assert "Signature not valid" in said
    assert "Sign the original document again" in said
    assert "changed-after-signing" in said or "Changed afterwards" in said


@pytest.mark.parametrize(
    ("lang", "who", "cause"),
    [
        ("en", "Who must act The signer", "Usually a viewer saved the file again"),
        ("zh", "由谁处理 签署人", "常见原因是签名后用阅读器另存"),
    ],
)
def test_a_finding_says_who_must_act_and_what_it_usually_comes_from(
    signed: bytes, lang: str, who: str, cause: str
) -> None:
    page = sent(edited(signed), lang=lang)

    assert who in words(page)
    assert cause in words(page)
    assert 'href="/check/codes/#changed-after-signing"' in page


def test_a_chinese_page_says_also_what_was_changed_in_chinese(signed: bytes) -> None:
    said = words(sent(edited(signed), lang="zh"))

    assert re.search(r"文件被修改：[^a-z]+。", said)
    assert not re.search(r"签名后的更改 [^ ]*[a-z]{3}", said)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_code_has_a_place_of_its_own_on_the_page_that_explains_them(lang: str) -> None:
    page = fetched("/check/codes/", lang)

    assert re.findall(r'<div class="code" id="([^"]+)"', page) == [*CATALOGUE]
    for entry in CATALOGUE.values():
        assert (entry.zh if lang == "zh" else entry.en).help in words(page)
    assert not re.search(r"\{\w+\}", words(page))


def test_another_organisation_s_signature_is_not_theirs(signed: bytes) -> None:
    assert "Signature valid" in words(sent(signed, identifier=IDENTIFIER))
    assert "Signature not valid" in words(sent(signed, identifier="NTRCN-SOMEBODY"))


def test_the_report_is_on_the_page_itself_for_machines_and_on_paper(signed: bytes) -> None:
    page = sent(signed)

    report = json.loads(inside(page, "application/json"))
    paper = pikepdf.open(io.BytesIO(inside(page, PDF)))
    embedded = json.loads(paper.attachments["report.json"].get_file().read_bytes())
    assert report == embedded
    assert report["verdict"] == "VALID"


def test_nothing_is_kept(signed: bytes) -> None:
    sent(signed)
    asked(signed)

    assert not SignatureReport.objects.exists()


def test_what_a_file_says_is_text_and_never_markup() -> None:
    assert "<b>" not in sent(plain_pdf(), name="<b>offer.pdf")


@pytest.mark.parametrize(
    ("body", "media_type", "code"),
    [
        pytest.param("identifier=x", "application/x-www-form-urlencoded", "no-file", id="no file"),
        pytest.param("--", "multipart/form-data", "not-a-form", id="no form"),
        pytest.param("--b\r\n", "multipart/form-data; boundary=b", "no-file", id="cut short"),
    ],
)
def test_what_is_no_file_is_refused_with_what_to_do(body: str, media_type: str, code: str) -> None:
    answer = Client().post("/check/", body, content_type=media_type)

    assert answer.status_code == 400
    assert {"no-file": "choose", "not-a-form": "send it again"}[code] in words(
        answer.content.decode()
    ).lower()


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("portal.checking.LARGEST", 10)
    monkeypatch.setattr("portal.checking.FRAME_BYTES", 10)
    monkeypatch.setattr("portal.checking._sent", lambda _: pytest.fail("it was read"))

    answer = Client().post("/check/", {"file": SimpleUploadedFile("a.pdf", plain_pdf(), PDF)})

    assert answer.status_code == 413


# The interface


def test_the_interface_gives_the_same_verdict_with_every_finding_in_both_languages(
    signed: bytes,
) -> None:
    answer = asked(edited(signed), f"?identifier={IDENTIFIER}")

    assert answer["said"]["verdict"] == {"en": "Signature not valid", "zh": "签名无效"}
    assert [one["code"] for one in answer["findings"]] == answer["report"]["codes"]
    assert all(one["to_do"]["zh"] for one in answer["findings"])


def test_the_interface_says_who_must_act_and_explains_every_finding(signed: bytes) -> None:
    answer = asked(edited(signed))

    (finding,) = answer["findings"]
    assert answer["said"]["who"] == {"en": "The signer", "zh": "签署人"}
    assert finding["who"] == {"code": "signer", **answer["said"]["who"]}
    entry = CATALOGUE[finding["code"]]
    link = f"/check/codes/#{finding['code']}"
    assert finding["help"] == {"en": entry.en.help, "zh": entry.zh.help, "link": link}


def test_a_level_can_be_asked_for(signed: bytes) -> None:
    assert asked(signed, "?level=B-LTA")["report"]["codes"] == ["level-too-low"]


def test_the_answer_may_be_a_paper(signed: bytes) -> None:
    answer = Client().post(f"{API}?answer=pdf", signed, content_type=PDF)

    assert (answer.status_code, answer["Content-Type"]) == (200, PDF)
    assert answer.content.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("query", "media_type", "status"),
    [
        pytest.param("?at=2999-01-01T00:00:00Z", PDF, 400, id="an instant to come"),
        pytest.param("?level=B-X", PDF, 400, id="no level"),
        pytest.param("", "text/plain", 415, id="no PDF"),
    ],
)
def test_what_cannot_be_asked_is_refused(query: str, media_type: str, status: int) -> None:
    answer = Client().post(f"{API}{query}", plain_pdf(), content_type=media_type)

    assert answer.status_code == status


def test_both_doors_count_together(settings: Settings, signed: bytes) -> None:
    cache.clear()
    settings.RATES = {"signature-check": (2, 3600)}
    sent(signed)
    asked(signed)

    answers = [
        Client().post(API, signed, content_type=PDF),
        Client().post("/check/", {"file": SimpleUploadedFile("a.pdf", signed, PDF)}),
    ]

    assert [one.status_code for one in answers] == [429, 429]
    assert all(0 < int(one["Retry-After"]) <= 3600 for one in answers)
