"""``daylight sign`` writes what the verifier accepts, dated unless one says otherwise."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pikepdf
import pytest
from pyhanko.sign.fields import MDPPerm

from client.main import main
from client.output import Stopped
from client.profiles import Profile, keep
from client.signer import Wanted, key_in_file, key_in_token, sign_file
from signatures.pdf.appearance import Appearance
from signatures.pdf.report import Verdict
from tests.signatures.certifying import certified
from tests.signatures.documents import IDENTIFIER, NOW, Practice, increment
from tests.signatures.elsewhere import softhsm
from tests.signatures.stamping import written

TSA = "https://tsa.example/"


@pytest.fixture
def tsa(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the practice authority answer at any address."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=practice.tsa(request.content))

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        monkeypatch.setattr("signatures.platform.httpx.post", client.post)
        yield


@pytest.fixture
def form(practice: Practice, tmp_path: Path) -> Path:
    path = tmp_path / "form.pdf"
    path.write_bytes(practice.form)
    return path


@pytest.fixture
def key(practice: Practice, tmp_path: Path) -> Path:
    path = tmp_path / "key.p12"
    path.write_bytes(practice.supplier.pkcs12("secret"))
    return path


@pytest.fixture
def anchors(practice: Practice, tmp_path: Path) -> Path:
    return practice.authority.write_anchors(tmp_path / "anchors", now=NOW)


@pytest.mark.usefixtures("tsa")
def test_a_signature_is_dated_and_carries_what_is_known_of_revocations(
    practice: Practice, form: Path, key: Path, anchors: Path, tmp_path: Path
) -> None:
    opened, levels = key_in_file(key, "secret"), []

    for number, wanted in enumerate((Wanted(None), Wanted(TSA), Wanted(TSA, anchors))):
        signed = tmp_path / f"{number}.pdf"
        sign_file(form, signed, opened, wanted, at=NOW)
        report = practice.judged(signed)
        levels.append(report.signatures[0].level)
        assert (report.verdict, report.codes) == (Verdict.VALID, ())

    assert levels == ["B-B", "B-T", "B-LT"]
    assert form.read_bytes() == practice.form


@pytest.mark.usefixtures("tsa")
def test_a_key_in_a_token_signs(
    practice: Practice, form: Path, anchors: Path, tmp_path: Path
) -> None:
    with softhsm(tmp_path / "softhsm") as token:
        credential = practice.authority.issue(
            common_name="Li Wei", organisation="Lotus", identifier=IDENTIFIER, now=NOW, kind="rsa"
        )
        token.put_key("mine", credential)
        token.put_certificate("above", practice.authority.authority("issuing").certificate_der)
        opened = key_in_token(token.key("mine"))
        sign_file(form, tmp_path / "out.pdf", opened, Wanted(TSA, anchors), at=NOW)
        with pytest.raises(Stopped, match="refuses the PIN"):
            key_in_token(token.key("mine", pin="27182818"))

    assert practice.judged(tmp_path / "out.pdf").codes == ()


@pytest.mark.usefixtures("tsa")
def test_a_visible_signature_says_who_signed_in_both_scripts(
    practice: Practice, form: Path, anchors: Path, tmp_path: Path
) -> None:
    opened = practice.key_of(common_name="李伟 Li Wei", identifier=IDENTIFIER)
    place = Appearance(1, (36, 24, 260, 52))

    sign_file(form, tmp_path / "out.pdf", opened, Wanted(TSA, anchors, "投标", place), at=NOW)

    assert practice.judged(tmp_path / "out.pdf").codes == ()
    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        (widget,) = pdf.pages[0].Annots
        assert [int(one) for one in widget.Rect] == [36, 24, 296, 76]
        assert written(widget.AP.N) == [
            "Signed by / 签署人: 李伟 Li Wei, Another Company",
            "2026-11-24 09:00:00 UTC",
            "投标",
        ]


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "run `make setup`, or `npm install"), ("zh", "请运行 make setup")]
)
def test_without_fonts_one_reads_how_to_get_them(
    form: Path,
    key: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lang: str,
    said: str,
) -> None:
    monkeypatch.setenv("DAYLIGHT_FONTS_DIR", str(tmp_path))
    (tmp_path / "passphrase").write_text("secret\n")
    out = tmp_path / "out.pdf"
    words = ["--key", str(key), "--passphrase-file", str(tmp_path / "passphrase"), "--visible"]

    ended = main(
        ["sign", str(form), "--out", str(out), "--without-timestamp", "--lang", lang, *words]
    )

    assert (ended, out.exists()) == (1, False)
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("tsa")
def test_each_who_signs_is_seen_in_a_place_of_their_own(
    practice: Practice, form: Path, anchors: Path, tmp_path: Path
) -> None:
    first, second, third = (tmp_path / f"{number}.pdf" for number in range(3))
    key, wanted = practice.key_of(identifier=IDENTIFIER), Wanted(TSA, anchors)
    shown, here = replace(wanted, appearance=Appearance()), Appearance(1, (300, 24, 200, 52))

    sign_file(form, first, key, shown, at=NOW)
    sign_file(first, second, practice.key_of(), shown, at=NOW)
    sign_file(second, third, practice.key_of(), replace(wanted, appearance=here), at=NOW)

    assert practice.judged(third).codes == ("co-signed",)
    with pikepdf.open(third) as pdf:
        places = [[int(one) for one in note.Rect] for page in pdf.pages for note in page.Annots]
    assert places == [[300, 24, 500, 76], [36, 24, 296, 76], [36, 86, 296, 138]]


@pytest.mark.usefixtures("tsa")
def test_a_place_on_what_another_signed_is_refused_and_nothing_is_written(
    practice: Practice, form: Path, anchors: Path, tmp_path: Path
) -> None:
    first, out = tmp_path / "first.pdf", tmp_path / "out.pdf"
    place = Wanted(TSA, anchors, None, Appearance(1, (36, 24, 260, 52)))
    sign_file(form, first, practice.key_of(identifier=IDENTIFIER), place, at=NOW)

    with pytest.raises(Stopped, match="covers what was signed on page 1"):
        sign_file(first, out, practice.key_of(), place, at=NOW)

    assert not out.exists()


def test_a_thick_offer_is_signed_as_a_thin_one(
    practice: Practice, form: Path, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("client.files.LARGEST", 10)  # of objects; a PDF may have 200 MB

    sign_file(form, tmp_path / "out.pdf", key_in_file(key, "secret"), Wanted(None), at=NOW)

    assert practice.judged(tmp_path / "out.pdf").verdict is Verdict.VALID


@pytest.mark.parametrize("spoilt", ["certified against it", "edited after another signed"])
def test_what_would_not_be_valid_is_not_written(
    practice: Practice, key: Path, tmp_path: Path, spoilt: str
) -> None:
    file, out = tmp_path / "file.pdf", tmp_path / "out.pdf"
    if spoilt == "edited after another signed":
        file.write_bytes(increment(practice.bb, {3: b"<< /Edited true >>"}))
    else:
        file.write_bytes(certified(practice, practice.form, MDPPerm.NO_CHANGES))

    with pytest.raises(Stopped, match="The PDF was not signed") as refused:
        sign_file(file, out, key_in_file(key, "secret"), Wanted(None), at=NOW)

    assert refused.value.code == "not-signed"
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param(["--key", "KEY"], "no-timestamp", id="no time-stamping authority"),
        pytest.param(["--without-timestamp"], "which-key", id="no key"),
        pytest.param(
            ["--without-timestamp", "--pkcs11", "MODULE"], "which-key", id="no label in the token"
        ),
        pytest.param(
            ["--without-timestamp", "--key", "KEY", "--visible", "1,2"], "bad-place", id="no place"
        ),
        pytest.param(
            ["--without-timestamp", "--key", "KEY", "--visible", "9,1,1,9,9"],
            "no-such-page",
            id="no such page",
        ),
        pytest.param(["--without-timestamp", "--key", "FORM"], "not-signed", id="no key in it"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(
    form: Path,
    key: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    code: str,
) -> None:
    monkeypatch.setenv("DAYLIGHT_CONFIG", str(tmp_path / "none"))
    places = {"KEY": str(key), "FORM": str(form)}
    (tmp_path / "passphrase").write_text("secret\n")
    told = [places.get(word, word) for word in words]
    told += ["--passphrase-file", str(tmp_path / "passphrase")]

    ended = main(["sign", str(form), "--out", str(tmp_path / "out.pdf"), "--json", *told])

    assert ended == 1
    assert f'"code": "{code}"' in capsys.readouterr().err
    assert not (tmp_path / "out.pdf").exists()


def test_the_profile_knows_the_time_stamping_authority(
    form: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DAYLIGHT_CONFIG", str(tmp_path / "config"))
    keep("mine", Profile("https://tenders.example", tsa=TSA))
    (tmp_path / "none.p12").write_bytes(b"")
    told = ["--profile", "mine", "--out", str(tmp_path / "out.pdf")]

    ended = main(["sign", str(form), "--key", str(tmp_path / "none.p12"), "--json", *told])

    assert ended == 1
    assert '"code": "not-signed"' in capsys.readouterr().err, "for the key, not for the authority"
