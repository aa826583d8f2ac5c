"""A key may be in a token or at a signing service: what it signs is worth the same.

Whoever holds the key is asked for digests and believed nothing: an answer that the certificate's
key did not make signs nothing.
"""

import json
import os
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pkcs11
import pytest
from asn1crypto.algos import SignedDigestAlgorithm
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from signatures import fitness
from signatures.fitness import faults
from signatures.pdf import remote_keys, token_keys
from signatures.pdf.anchors import Anchors
from signatures.pdf.elsewhere import chain_above, require_signature
from signatures.pdf.remote_keys import RemoteKey
from signatures.pdf.report import Verdict
from signatures.pdf.signing import KeyAway, KeyUnreadable
from signatures.sealing_key import FileKey, name_of, place
from tests.signatures.documents import IDENTIFIER, NOW, Practice
from tests.signatures.elsewhere import MODULE, PIN, TOKEN, Token, signing_service, softhsm

GONE = "http://127.0.0.1:9"  # the discard port: nothing answers


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Token]:
    with softhsm(tmp_path_factory.mktemp("softhsm")) as token:
        yield token


@pytest.fixture(scope="module")
def above(token: Token, practice: Practice) -> Path:
    """A file with the certificate above, which the token does not hold."""
    path = token.directory / "above.pem"
    issuer = practice.authority.authority("issuing").certificate
    path.write_bytes(issuer.public_bytes(Encoding.PEM))
    return path


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, practice: Practice) -> Iterator[str]:
    own = practice.authority.authority
    with signing_service(tmp_path_factory.mktemp("csc"), own("root"), own("issuing")) as address:
        yield address


@pytest.fixture
def asked() -> list[httpx.Request]:
    """What a signing service was asked."""
    return []


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch, asked: list[httpx.Request]) -> list[httpx.Response]:
    """Let a signing service answer these, one after the other."""
    answers: list[httpx.Response] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answers.pop(0)

    client = httpx.Client(transport=httpx.MockTransport(answer))
    monkeypatch.setattr(remote_keys.httpx, "stream", client.stream)
    return answers


# In a token


@pytest.mark.parametrize("kind", ["p256", "rsa"])
def test_what_a_token_signs_is_valid(
    token: Token, practice: Practice, above: Path, kind: str
) -> None:
    credential = practice.authority.issue(
        common_name="Seal", organisation="Lotus", identifier=IDENTIFIER, now=NOW, kind=kind
    )
    token.put_key(kind, credential)

    key = token.key(kind, certificates=above).key()
    signed = practice.sign(practice.form, key, tsa=practice.tsa, evidence=practice.evidence())

    report = practice.judged(signed)
    assert (report.verdict, report.codes) == (Verdict.VALID, ())
    assert report.signatures[0].level == "B-LT"


def test_of_other_certificates_in_a_token_nothing_is_told(token: Token, practice: Practice) -> None:
    mine, another = practice.supplier, practice.key_of().certificate_der
    token.put_key("mine", mine)
    token.put_certificate("another", another)

    key = token.key("mine").key()

    assert (key.certificate_der, key.chain_der) == (mine.certificate_der, ())


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # newer Pythons see our threads
def test_a_token_serves_processes_that_are_forked(
    token: Token, practice: Practice, above: Path
) -> None:
    token.put_key("forked", practice.supplier)
    key = token.key("forked", certificates=above).key()
    read, write = os.pipe()

    if not (child := os.fork()):
        os.write(write, practice.sign(practice.form, key)[-6:])
        os._exit(0)
    os.waitpid(child, 0)

    assert os.read(read, 6).strip() == b"%%EOF"
    assert practice.judged(practice.sign(practice.form, key)).codes == ()
    os.close(read)
    os.close(write)


def test_a_token_says_what_it_lacks(token: Token, practice: Practice, tmp_path: Path) -> None:
    token.put_key("key only", practice.supplier, label_of_key="other label")

    said = {}
    for name, wanted in {
        "no key": token.key("nobody"),
        "no certificate": token.key("other label"),
        "no token": token_keys.TokenKey(MODULE, "another", "nobody", PIN),
        "no module": token_keys.TokenKey(tmp_path / "none.so", TOKEN, "nobody", PIN),
        "no file": token.key("other label", certificates=tmp_path / "none.pem"),
    }.items():
        with pytest.raises(KeyUnreadable) as refused:
            wanted.key()
        said[name] = str(refused.value)

    assert said == {
        "no key": "The token has 0 private keys nobody, not one",
        "no certificate": "There are 0 certificates other label, not one",
        "no token": f"The module {MODULE} has no token another",
        "no module": f"There is no PKCS#11 module {tmp_path / 'none.so'}",
        "no file": f"{tmp_path / 'none.pem'} holds no certificates: [Errno 2] No such file or "
        f"directory: '{tmp_path / 'none.pem'}'",
    }


def test_a_refused_pin_is_not_tried_twice(token: Token) -> None:
    wrong = token.key("nobody", pin="27182818")

    with pytest.raises(KeyUnreadable, match="refuses the PIN"):
        wrong.key()
    with pytest.raises(KeyUnreadable, match="refused this PIN before"):
        wrong.key()


def test_a_key_under_another_ones_certificate_signs_nothing(
    token: Token, practice: Practice, tmp_path: Path
) -> None:
    token.put_key("swapped", practice.supplier, label_of_key="swapped key")
    other = tmp_path / "other.pem"
    other.write_bytes(
        x509.load_der_x509_certificate(practice.key_of().certificate_der).public_bytes(Encoding.PEM)
    )
    key = token.key("swapped key", certificates=other).key()

    with pytest.raises(KeyUnreadable, match="no signature by the certificate's key"):
        practice.sign(practice.form, key)


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        pytest.param(
            pkcs11.PinLocked(),
            KeyUnreadable,
            "The PIN of the token daylight: PinLocked",
            id="locked",
        ),
        pytest.param(
            pkcs11.DeviceRemoved("no card"),
            KeyAway,
            "The token daylight does not serve: DeviceRemoved no card",
            id="taken out",
        ),
    ],
)
def test_a_token_that_does_not_serve_says_whether_it_may_later(
    token: Token, error: pkcs11.PKCS11Error, kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind) as raised, token_keys._in_words(token.key("nobody")):
        raise error

    assert str(raised.value) == said


def test_what_verifies_with_neither_rsa_nor_ecdsa_is_no_signature() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Seal")])
    until = NOW + timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, until)
    der = builder.sign(key, None).public_bytes(Encoding.DER)

    with pytest.raises(KeyUnreadable, match="a kind of key that is not RSA or ECDSA"):
        require_signature(der, b"text", key.sign(b"text"))


def test_a_certificate_that_certifies_itself_is_not_above_itself(practice: Practice) -> None:
    root = practice.authority.authority("root").certificate_der
    issuing = practice.authority.authority("issuing").certificate_der

    assert chain_above(root, [root, issuing]) == ()
    assert chain_above(issuing, [root, issuing]) == (root,)


# At a signing service


def test_what_a_service_signs_is_valid(service: str, practice: Practice) -> None:
    key = RemoteKey(service, "practice/seal", pin="1234").key()
    root = practice.authority.authority("root").key
    name = x509.load_der_x509_certificate(key.chain_der[0]).subject
    nobody = x509.CertificateRevocationListBuilder(name, NOW, NOW + timedelta(days=7))

    signed = practice.sign(practice.form, key, tsa=practice.tsa)

    anchors = Anchors(
        signers=key.chain_der,
        tsa=practice.anchors.tsa,
        crls=(
            *practice.anchors.crls,
            nobody.sign(root, SHA256()).public_bytes(Encoding.DER),
        ),
    )
    report = practice.judged(signed, anchors=anchors)
    assert report.codes == ("wrong-certificate",)  # nothing but that it is not the supplier's


def test_a_service_that_does_not_have_the_credential_refuses(service: str) -> None:
    with pytest.raises(KeyUnreadable, match="refuses credentials/info with status 404"):
        RemoteKey(service, "practice/nobody").key()


def test_a_service_that_is_away_may_come_back() -> None:
    with pytest.raises(KeyAway, match="does not answer"):
        RemoteKey(GONE, "practice/seal").key()


@pytest.mark.parametrize("address", ["http://signing.example", "https://[signing.example"])
def test_a_service_is_never_asked_without_encryption(address: str) -> None:
    with pytest.raises(KeyUnreadable, match="must be reached by https"):
        RemoteKey(address, "seal")


def test_a_pin_is_told_where_there_is_one(
    answers: list[httpx.Response], asked: list[httpx.Request], practice: Practice
) -> None:
    own = b64encode(practice.supplier.certificate_der).decode()
    digest, algorithm = bytes(32), SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})

    for pin in ("", PIN):
        answers += [told(cert={"certificates": [own]}), told(SAD="now"), told(signatures=["AAAA"])]
        remote = RemoteKey(GONE, "seal", pin=pin)
        remote.key()
        assert remote.signed(digest, algorithm) == bytes(3)

    authorised = [json.loads(one.content) for one in asked if one.url.path.endswith("authorize")]
    assert [one.get("PIN") for one in authorised] == [None, PIN]


def told(**words: object) -> httpx.Response:
    return httpx.Response(200, json=words)


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        pytest.param(told(), KeyUnreadable, "without access_token", id="nothing in it"),
        pytest.param(
            httpx.Response(200, content=b"<html>"), KeyUnreadable, "else than JSON", id="no JSON"
        ),
        pytest.param(
            httpx.Response(200, content=b" " * (1 << 21)), KeyUnreadable, "too much", id="long"
        ),
        pytest.param(
            httpx.Response(400, json={"error_description": "account locked"}),
            KeyUnreadable,
            "status 400: account locked",
            id="a reason",
        ),
        pytest.param(httpx.Response(503), KeyAway, "status 503", id="overloaded"),
    ],
)
def test_a_service_may_answer_anything(
    answers: list[httpx.Response], answer: httpx.Response, kind: type[Exception], said: str
) -> None:
    answers.append(answer)

    with pytest.raises(kind, match=said):
        RemoteKey(GONE, "seal", login="we:secret").key()


@pytest.mark.parametrize(
    ("signatures", "said"),
    [
        pytest.param([], "without a signature", id="none"),
        pytest.param(["AAAA"], "no signature by the certificate's key", id="another's"),
    ],
)
def test_a_service_signs_nothing_with_other_answers(
    answers: list[httpx.Response], practice: Practice, signatures: list[str], said: str
) -> None:
    own = b64encode(practice.supplier.certificate_der).decode()
    answers += [told(cert={"certificates": []}), told(cert={"certificates": [own]})]
    remote = RemoteKey(GONE, "seal", sad="activated")
    with pytest.raises(KeyUnreadable, match="without a certificate"):
        remote.key()
    key = remote.key()
    answers.append(told(signatures=signatures))

    with pytest.raises(KeyUnreadable, match=said):
        practice.sign(practice.form, key)


# Where the platform's own key is


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("file:/etc/seal.pem", "/etc/seal.pem"),
        ("pkcs11:module=/m.so;token=a%3Bb;object=c", "the key c of the token a;b"),
        ("csc:https://s.example;credential=d", "the credential d at https://s.example"),
    ],
)
def test_the_settings_say_where_the_key_is(settings: Settings, written: str, named: str) -> None:
    settings.SEAL, settings.SEAL_PIN = written, PIN

    assert name_of(place()) == named
    assert PIN not in repr(place())


def test_without_a_word_the_key_is_in_its_file(settings: Settings, tmp_path: Path) -> None:
    settings.KEYS_DIR = tmp_path

    assert place() == FileKey(tmp_path / "platform.p12")


@pytest.mark.parametrize(
    ("written", "pin", "why"),
    [
        ("usb:stick", PIN, "begins with file:, pkcs11: or csc:"),
        ("pkcs11:module=/m.so;token=a", PIN, "object is missing"),
        ("pkcs11:module=/m.so;token=a;object=c", "", "wanted in DAYLIGHT_SEAL_PIN"),
        ("pkcs11:slot=1", PIN, "slot=1 is none of"),
        ("csc:http://s.example;credential=d", PIN, "reached by https"),
        ("csc:https://s.example", PIN, "credential is missing"),
    ],
)
def test_a_place_that_is_not_understood_is_named(
    settings: Settings, written: str, pin: str, why: str
) -> None:
    settings.SEAL, settings.SEAL_PIN = written, pin

    with pytest.raises(ImproperlyConfigured, match=why):
        place()


@pytest.mark.django_db
def test_the_check_for_production_signs_with_the_token(
    token: Token, practice: Practice, settings: Settings
) -> None:
    token.put_key("practised", practice.supplier)
    settings.SEAL, settings.SEAL_PIN = f"pkcs11:module={MODULE};token={TOKEN};object=practised", PIN
    name = f"the key practised of the token {TOKEN}"

    trained = faults(now=NOW)
    settings.SEAL += "%20more"
    missing = faults(now=NOW)
    settings.SEAL = "usb:stick"
    unknown = faults(now=NOW)

    assert trained == [f"{name} is of a practice authority, which is not for real use."]
    assert missing == [
        f"The platform cannot seal with the key practised more of the token {TOKEN}: The token has "
        "0 private keys practised more, not one."
    ]
    assert unknown == ["DAYLIGHT_SEAL begins with file:, pkcs11: or csc:, nothing else."]


@pytest.mark.django_db
def test_the_check_for_production_has_its_probe_judged(
    practice: Practice, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key of practice is told before; so here no authority is one."""
    monkeypatch.setattr(fitness, "PRACTICE", "no authority's name")
    (tmp_path / "seal.pem").write_bytes(practice.supplier.pem())
    settings.SEAL, settings.SEAL_PASSPHRASE = f"file:{tmp_path / 'seal.pem'}", ""
    said = {}
    for name in ("trusted", "stranger", "nowhere"):
        settings.SIGNATURE_ANCHORS_DIR = tmp_path / name
        if name != "nowhere":
            practice.authority.write_anchors(tmp_path / name, now=NOW)
        for own in (tmp_path / "stranger").rglob("root.pem"):
            own.unlink()
        said[name] = faults(now=NOW)

    assert (said["trusted"], said["nowhere"]) == ([], [])  # another check tells what is nowhere
    (stranger,) = said["stranger"]
    assert stranger.startswith(f"What is sealed with {tmp_path / 'seal.pem'} would not count: ")
