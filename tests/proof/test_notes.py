"""Nobody has signed what they did not sign: notes, cosignatures and checkpoints."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.proof.canonical import NotCanonical
from procurement.proof.checkpoint import (
    BadCheckpoint,
    Checkpoint,
    open_checkpoint,
    require_quorum,
)
from procurement.proof.merkle import EMPTY_ROOT
from procurement.proof.notes import (
    BadNote,
    CosignSigner,
    CosignVerifier,
    Note,
    Signer,
    Verifier,
    add_signature,
    cosign,
    cosignatures,
    open_note,
    open_object,
    sign_note,
    sign_object,
)

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "notes.json").read_bytes())
TEXT = b"The bids are closed.\n"
ORIGIN = "log.example/vectors"

agency = Signer.decode(VECTORS["agency"]["secret"])
log = Signer.decode(VECTORS["log"]["secret"])
witnesses = [CosignSigner.decode(found["secret"]) for found in VECTORS["witnesses"]]


def verifier(signer: Signer) -> Verifier:
    return Verifier.parse(signer.verifier)


def cosign_verifiers(*signers: CosignSigner) -> list[CosignVerifier]:
    return [CosignVerifier.parse(signer.verifier) for signer in signers]


def refused(note: bytes, *verifiers: Verifier) -> str:
    with pytest.raises(BadNote) as found:
        open_note(note, verifiers)
    return found.value.code


def test_the_example_of_the_go_implementation_is_signed_byte_for_byte() -> None:
    signer = Signer.decode(
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
    )
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )

    note = sign_note(text.encode(), signer)

    vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert signer.verifier == vkey
    assert note.decode() == (
        f"{text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNX"
        "gKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert open_note(note, [Verifier.parse(vkey)]).text == text.encode()


def test_a_note_names_who_signed_and_counts_who_is_unknown() -> None:
    note = add_signature(sign_note(TEXT, agency, log), Signer.generate("a.stranger"))

    assert open_note(note, [verifier(log), verifier(agency)]) == Note(
        text=TEXT, signed_by=(agency.name, log.name), unknown=1
    )


def test_the_text_may_have_empty_lines() -> None:
    note = VECTORS["text"].encode()

    assert open_note(note, [verifier(agency)]).text == b"One line.\n\nAnother.\n"


@given(st.data())
def test_no_changed_bit_passes_for_the_agencys_word(data: st.DataObject) -> None:
    note = bytearray(sign_note(TEXT, agency))
    place = data.draw(st.integers(0, len(note) - 1))
    note[place] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(BadNote):
        open_note(bytes(note), [verifier(agency)])


def test_a_broken_signature_of_a_known_key_spoils_the_note() -> None:
    good = sign_note(TEXT, log)
    other = sign_note(b"Another text.\n", agency).split(b"\n\n")[1]

    assert open_note(good + other, [verifier(log)]).unknown == 1
    assert refused(good + other, verifier(log), verifier(agency)) == "bad-signature"


def test_a_stranger_with_the_agencys_name_is_a_stranger() -> None:
    impostor = Signer.generate(agency.name)

    assert refused(sign_note(TEXT, impostor), verifier(agency)) == "no-known-signature"


def test_nobody_signs_twice() -> None:
    note = sign_note(TEXT, agency)
    line = note.split(b"\n\n")[1]

    assert refused(note + line, verifier(agency)) == "duplicate-signature"
    with pytest.raises(BadNote, match="signed already"):
        add_signature(note, agency)


def test_a_hundred_signatures_are_enough() -> None:
    note = sign_note(TEXT, agency)
    for number in range(99):
        note = add_signature(note, Signer(f"s{number}", number.to_bytes(32)))

    assert open_note(note, [verifier(agency)]).unknown == 99
    with pytest.raises(BadNote) as found:
        add_signature(note, log)
    assert found.value.code == "too-many-signatures"


@pytest.mark.parametrize(
    ("note", "code"),
    [
        pytest.param(b"", "not-a-note", id="nothing"),
        pytest.param(TEXT, "not-a-note", id="no signature block"),
        pytest.param(TEXT + b"\n", "not-signed", id="an empty signature block"),
        pytest.param(b"\n\n" + sign_note(TEXT, agency)[-20:], "not-a-note", id="no text"),
        pytest.param(sign_note(TEXT, agency)[:-1], "not-signed", id="cut off"),
        pytest.param(sign_note(TEXT, agency) + b"x\n", "bad-signature-line", id="a line more"),
        pytest.param(
            sign_note(TEXT, agency).replace("—".encode(), b"-"), "bad-signature-line", id="hyphen"
        ),
        pytest.param(
            sign_note(TEXT, agency).replace(b"bids", b"\xff"), "not-a-note", id="no UTF-8"
        ),
        pytest.param(
            sign_note(TEXT, agency).replace(b"bids", b"b\tds"), "control-character", id="a tab"
        ),
        pytest.param(
            sign_note(TEXT, agency).replace(b".\n", b".\r\n"), "control-character", id="CRLF"
        ),
    ],
)
def test_what_is_no_note_is_refused_by_name(note: bytes, code: str) -> None:
    assert refused(note, verifier(agency)) == code


@pytest.mark.parametrize("text", [b"", b"\n", b"no line feed", b"a\x00\n", b"\xff\n", b"a\r\n"])
def test_what_a_note_cannot_carry_is_not_signed(text: bytes) -> None:
    with pytest.raises(BadNote):
        sign_note(text, agency)


def test_a_note_without_a_signer_is_not_made() -> None:
    with pytest.raises(BadNote):
        sign_note(TEXT)


def test_an_object_is_signed_in_its_only_text() -> None:
    note = VECTORS["object"].encode()

    value, opened = open_object(note, [verifier(agency)])

    assert sign_object(value, agency) == note
    assert opened.signed_by == (agency.name,)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param(b'{"a": 1}\n', NotCanonical, id="another spelling"),
        pytest.param(b'{"a":1}\n\n', NotCanonical, id="a line feed more"),
        pytest.param(b"[1]\n", BadNote, id="a list"),
    ],
)
def test_a_signed_text_that_is_no_object_is_refused(
    text: bytes, error: type[BadNote] | type[NotCanonical]
) -> None:
    with pytest.raises(error):
        open_object(sign_note(text, agency), [verifier(agency)])


def test_keys_are_read_back_as_they_were_written() -> None:
    signer, witness = Signer.generate("a/b"), CosignSigner.generate("w/1")

    assert Signer.decode(signer.encode()).verifier == signer.verifier
    assert CosignSigner.decode(witness.encode()).verifier == witness.verifier
    assert verifier(signer).vkey == signer.verifier
    assert verifier(signer).key_id == signer.key_id


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10",
        VECTORS["witnesses"][0]["verifier"],
    ],
)
def test_a_key_that_contradicts_itself_is_refused(vkey: str) -> None:
    with pytest.raises(BadNote):
        Verifier.parse(vkey)


@pytest.mark.parametrize(
    "y",
    [
        0,
        1,
        2**255 - 20,
        2**255 - 19,
        2**255 - 18,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
    ],
)
@pytest.mark.parametrize("sign", [0, 1 << 255])
def test_a_key_that_its_owner_could_disown_is_refused(y: int, sign: int) -> None:
    with pytest.raises(BadNote):
        Verifier("a/b", (y | sign).to_bytes(32, "little"))


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\nb", "a\x00b"])
def test_a_name_that_would_break_a_line_is_refused(name: str) -> None:
    with pytest.raises(BadNote):
        Signer.generate(name)


def checkpoint(size: int = 0, root: bytes = EMPTY_ROOT) -> bytes:
    return sign_note(Checkpoint(ORIGIN, size, root).text(), log)


def test_a_checkpoint_is_opened_with_the_witnesses_that_saw_it() -> None:
    signed = open_checkpoint(
        VECTORS["checkpoint"].encode(), verifier(log), cosign_verifiers(*witnesses)
    )

    assert signed.checkpoint.size == 8
    assert signed.cosigned == {f"witness.example/{i}": 1767225600 + i for i in range(3)}
    require_quorum(signed, 3)
    with pytest.raises(BadNote) as found:
        require_quorum(signed, 4)
    assert found.value.code == "quorum-missing"


def test_witnesses_one_does_not_know_do_not_count() -> None:
    note = VECTORS["checkpoint"].encode()

    assert open_checkpoint(note, verifier(log), []).cosigned == {}


def test_a_cosignature_of_another_checkpoint_or_time_is_refused() -> None:
    other = cosign(checkpoint(1, bytes(32)), witnesses[0], 1767225600)
    line = other.splitlines(keepends=True)[-1]
    _, name, encoded = line.decode().split()
    raw = bytearray(base64.b64decode(encoded))
    honest = cosign(checkpoint(), witnesses[0], 1767225600)

    assert cosignatures(honest, cosign_verifiers(witnesses[0])) == {name: 1767225600}
    with pytest.raises(BadNote):
        cosignatures(checkpoint() + line, cosign_verifiers(witnesses[0]))
    raw[11] ^= 1  # the last byte of the time
    moved = f"— {name} {base64.b64encode(raw).decode()}\n".encode()
    with pytest.raises(BadNote):
        cosignatures(checkpoint(1, bytes(32)) + moved, cosign_verifiers(witnesses[0]))


def test_a_signature_is_no_cosignature_and_the_other_way_round() -> None:
    twin = Signer(witnesses[0].name, base64.b64decode(witnesses[0].encode().split("+", 4)[4])[1:])
    signed = sign_note(TEXT, twin)

    assert cosignatures(signed, cosign_verifiers(witnesses[0])) == {}
    with pytest.raises(BadNote):
        sign_note(TEXT, witnesses[0])
    with pytest.raises(BadNote):
        Verifier.parse(witnesses[0].verifier)


def test_one_key_under_two_names_is_not_two_witnesses() -> None:
    known = cosign_verifiers(witnesses[0])
    double = CosignVerifier("witness.example/double", known[0].public)

    with pytest.raises(BadNote) as found:
        cosignatures(VECTORS["checkpoint"].encode(), [*known, double])

    assert found.value.code == "ambiguous-key"


@pytest.mark.parametrize("at_unix", [-1, 2**63])
def test_a_time_that_no_cosignature_carries_is_refused(at_unix: int) -> None:
    with pytest.raises(BadNote):
        cosign(checkpoint(), witnesses[0], at_unix)


def test_a_log_does_not_speak_for_another() -> None:
    foreign = sign_note(Checkpoint("log.example/other", 0, EMPTY_ROOT).text(), log)

    with pytest.raises(BadCheckpoint) as found:
        open_checkpoint(foreign, verifier(log), [])

    assert found.value.code == "foreign-origin"


def test_the_example_of_the_specification_is_read() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

    found = Checkpoint.parse(text.encode())

    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20852163)
    assert found.text() == text.encode()
    assert Checkpoint.parse(f"{text}more\n".encode()).extensions == ("more",)


ROOT_TEXT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("", "too-short", id="nothing"),
        pytest.param(f"o\n1\n{ROOT_TEXT}", "too-short", id="no last line feed"),
        pytest.param("o\n1\n", "too-short", id="no root"),
        pytest.param(f"\n1\n{ROOT_TEXT}\n", "bad-line", id="no origin"),
        pytest.param(f"o\n1\n{ROOT_TEXT}\n\n", "bad-line", id="an empty extension"),
        pytest.param(f"o\n01\n{ROOT_TEXT}\n", "bad-size", id="a leading zero"),
        pytest.param(f"o\n-1\n{ROOT_TEXT}\n", "bad-size", id="a negative size"),
        pytest.param(f"o\n٣\n{ROOT_TEXT}\n", "bad-size", id="a digit that is not ASCII"),
        pytest.param(f"o\n{2**53}\n{ROOT_TEXT}\n", "bad-size", id="a size beyond JSON"),
        pytest.param(f"o\n0\n{ROOT_TEXT}\n", "bad-root", id="an empty tree with a root"),
        pytest.param(f"o\n1\n{ROOT_TEXT[:-1]}\n", "bad-root", id="padding missing"),
        pytest.param("o\n1\nAAAA\n", "bad-root", id="a short root"),
    ],
)
def test_what_is_no_checkpoint_is_refused_by_name(text: str, code: str) -> None:
    with pytest.raises(BadCheckpoint) as found:
        Checkpoint.parse(text.encode())

    assert found.value.code == code
