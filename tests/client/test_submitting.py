"""A bid is filed only as what the supplier sealed, and what comes back is checked against it."""

import json
import shutil
from pathlib import Path

import pytest

from bidding.sealed.bid import Receipt
from procurement.proof.notes import Verifier
from signatures.practice import edited
from tests.client.liar import Alter, lying
from tests.client.stage import Stage


@pytest.fixture(scope="module")
def filed(published: Stage) -> Path:
    """A bid that was filed by one command."""
    sealed = published.seal(0, "12.50")
    told = published.supplier(0).done(*published.submitting(0, sealed))
    (sealed.parent / "told.json").write_text(json.dumps(told))
    return sealed


def told(sealed: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((sealed.parent / "told.json").read_text())
    return found


def test_one_command_uploads_signs_files_and_keeps_a_receipt_that_is_proved(
    published: Stage, filed: Path
) -> None:
    answer = told(filed)
    note = Path(answer["receipt"]).read_bytes()
    keys = json.loads(published.anchors.read_text())["receipt_keys"]

    receipt = Receipt.open(note, Verifier.parse(keys[0]))

    assert (receipt.number, receipt.bid) == (answer["number"], answer["bid"])
    assert answer["proved"]
    assert answer["verdict"] in ("VALID", "VALID_WITH_REMARKS")


def test_the_same_command_again_gives_the_same_receipt(published: Stage, filed: Path) -> None:
    again = published.supplier(0).done(*published.submitting(0, filed))

    assert again["number"] == told(filed)["number"]


def test_a_receipt_can_be_fetched_again_with_its_proof(
    published: Stage, filed: Path, tmp_path: Path
) -> None:
    again = published.supplier(0).done(
        *("receipt", told(filed)["id"], "--out", tmp_path / "again.note"),
        *("--anchors", published.anchors, "--wait", "60"),
    )

    assert again["proved"]
    ours = filed.with_suffix(".signed.pdf").read_bytes()
    assert Path(again["countersigned"]).read_bytes().startswith(ours)
    assert (tmp_path / "again.note").read_bytes() == Path(told(filed)["receipt"]).read_bytes()


def test_status_names_the_bid_and_its_state(published: Stage, filed: Path) -> None:
    answer = published.supplier(0).done("status", published.tender)

    assert [(bid["id"], bid["state"]) for bid in answer["bids"]] == [(told(filed)["id"], "filed")]


def test_nobody_else_sees_that_there_is_a_bid(published: Stage, filed: Path) -> None:
    assert published.supplier(2).done("status", published.tender)["bids"] == []


def test_a_form_is_signed_elsewhere_and_brought_back(published: Stage, tmp_path: Path) -> None:
    supplier, sealed = published.supplier(1), published.seal(1, "11.00")
    plain = ("submit", sealed, "--tender", supplier.folder / "tender")
    form, signed = tmp_path / "form.pdf", tmp_path / "signed.pdf"

    first = supplier.done(*plain, "--form-only", form)
    supplier.done_quietly(
        *("sign", form, "--key", supplier.folder / "signer.p12", "--out", signed),
        "--without-timestamp",
        *("--passphrase-file", supplier.folder / "passphrase"),
    )
    second = supplier.done(*plain, "--signed", signed)

    assert (first["submitted"], second["bid"]) == (False, first["bid"])
    assert supplier.done("status", published.tender)["bids"][0]["state"] == "filed"

    withdrawn = supplier.done(
        *("withdraw", second["id"], "--key", supplier.folder / "signer.p12"),
        *("--passphrase-file", supplier.folder / "passphrase"),
    )

    assert (withdrawn["withdrawn"], withdrawn["state"]) == (True, "withdrawn")


def test_a_form_that_was_edited_after_signing_is_filed_at_one_s_own_risk_only(
    published: Stage, tmp_path: Path
) -> None:
    supplier, sealed = published.supplier(2), published.seal(2, "14.00", name="edited")
    plain = ("submit", sealed, "--tender", supplier.folder / "tender")
    form, signed = tmp_path / "form.pdf", tmp_path / "signed.pdf"
    supplier.done(*plain, "--form-only", form)
    supplier.done_quietly(
        *("sign", form, "--key", supplier.folder / "signer.p12", "--out", signed),
        "--without-timestamp",
        *("--passphrase-file", supplier.folder / "passphrase"),
    )
    signed.write_bytes(edited(signed.read_bytes()))

    code, refusal = supplier.daylight(*plain, "--signed", signed)
    filed = supplier.done(*plain, "--signed", signed, "--at-own-risk")

    assert (code, refusal["code"]) == (1, "form-refused")
    assert refusal["faults"][0]["text"]
    assert filed["verdict"] == "INVALID"


def test_a_better_offer_replaces_the_first(published: Stage, filed: Path) -> None:
    better = published.seal(0, "11.50", name="better")

    answer = published.supplier(0).done(*published.submitting(0, better))

    states = [
        bid["state"] for bid in published.supplier(0).done("status", published.tender)["bids"]
    ]
    assert (answer["number"] != told(filed)["number"], sorted(states)) == (
        True,
        ["filed", "superseded"],
    )


@pytest.mark.parametrize("file", ["payload.age", "share-2.age", "p.age", "e.age"])
def test_what_changed_since_it_was_sealed_is_not_sent(
    published: Stage, filed: Path, tmp_path: Path, file: str
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(filed, copy)
    raw = bytearray((copy / file).read_bytes())
    raw[-1] ^= 1
    (copy / file).write_bytes(raw)

    assert published.supplier(0).refused(*published.submitting(0, copy)) == "changed"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        pytest.param((), "how-signed", id="no way to a signature"),
        pytest.param(("--key", "a", "--signed", "b"), "how-signed", id="two ways"),
    ],
)
def test_there_is_one_way_to_a_signed_form(
    published: Stage, filed: Path, options: tuple[str, ...], code: str
) -> None:
    plain = ("submit", filed, "--tender", published.supplier(0).folder / "tender")

    assert published.supplier(0).refused(*plain, *options) == code


def _other_bid(path: str, body: bytes) -> bytes:
    if not path.endswith("/bids"):
        return body
    told = json.loads(body)
    told["bid"]["notice"] = "0" * 64
    return json.dumps(told).encode()


def _other_form(path: str, body: bytes) -> bytes:
    return body.replace(b"bid.json", b"bad.json") if path.endswith("/form.pdf") else body


def _other_receipt(path: str, body: bytes) -> bytes:
    if not path.endswith("/submission"):
        return body
    told = json.loads(body)
    told["receipt"] = told["receipt"].replace('"lot-1"', '"lot-2"').replace("VALID", "INVALID")
    return json.dumps(told).encode()


def _other_branch(path: str, body: bytes) -> bytes:
    if not path.endswith("/history"):
        return body
    told = json.loads(body)
    del told["events"][0]
    return json.dumps(told).encode()


@pytest.mark.parametrize(
    ("alter", "code"),
    [
        pytest.param(_other_bid, "other-bid", id="a bid under another notice"),
        pytest.param(_other_form, "other-content", id="a form that carries something else"),
        pytest.param(_other_receipt, "not-signed", id="a receipt that nobody signed"),
        pytest.param(_other_branch, "broken-chain", id="a history with a decision left out"),
    ],
)
def test_a_server_that_lies_is_found_out(
    published: Stage, tmp_path: Path, alter: Alter, code: str
) -> None:
    supplier = published.supplier(2)
    sealed = published.seal(2, "13.00", name=code)
    profile = json.loads((supplier.folder / "profiles" / "default.json").read_text())

    with lying(published.site.address, alter) as address:
        liar = supplier.folder / "profiles" / "liar.json"
        liar.touch(mode=0o600)
        liar.write_text(json.dumps({**profile, "server": address}))
        answer = supplier.refused(*published.submitting(2, sealed), "--profile", "liar")

    assert answer == code
    assert not sealed.with_name(f"{sealed.name}.receipt.note").exists()
