"""A practice tender on plain files, made through the command itself."""

import contextlib
import io
import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.main import main

TENDER = str(uuid.UUID(int=7))
FORM = {
    "type": "daylight/response-form/v1",
    "questions": [
        {
            "id": "delivery-days",
            "text": {"en": "Days until delivery?", "zh": "交货天数？"},
            "kind": "number",
            "required": True,
            "max_length": None,
            "choices": [],
        }
    ],
    "documents": [
        {
            "name": "technical",
            "title": {"en": "Technical part", "zh": "技术部分"},
            "media_types": ["application/pdf"],
            "max_bytes": 100_000_000,
            "signature": "none",
            "required": True,
        }
    ],
    "prices": [
        {
            "lot": "lot-1",
            "currency": "CNY",
            "minor_units": 2,
            "items": [{"id": "chairs", "description": "Chairs", "quantity": "10", "unit": "piece"}],
        }
    ],
}


def daylight(*arguments: object) -> tuple[int, dict[str, Any]]:
    """Run the command in this process under ``--json``; the exit code and what it answered."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([*map(str, arguments), "--json"])
    said = (out.getvalue() or err.getvalue()).strip().splitlines()
    return code, json.loads(said[-1]) if said else {}


def done(*arguments: object) -> dict[str, Any]:
    """Run a command that has to succeed."""
    code, answer = daylight(*arguments)
    assert code == 0, answer
    return answer


def offer(price: str) -> dict[str, Any]:
    return {
        "answers": {"delivery-days": "14"},
        "prices": {"chairs": {"unit_price": price, "tax_rate": "0.13"}},
    }


@dataclass(frozen=True)
class Tender:
    """The files of a practice tender, two of four openers."""

    home: Path

    @property
    def keyset(self) -> Path:
        return self.home / "keyset.json"

    @property
    def notice(self) -> Path:
        return self.home / "notice.json"

    @property
    def request(self) -> Path:
        return self.home / "asked" / "request.json"

    def key(self, holder: str) -> Path:
        return self.home / "keys" / f"practice-{holder}.key.json"

    def public(self, holder: str) -> Path:
        return self.home / "keys" / f"practice-{holder}.public.json"

    def seal(self, name: str, price: str) -> Path:
        entered, document = self.home / f"{name}.json", self.home / f"{name}.pdf"
        entered.write_text(json.dumps(offer(price)))
        document.write_bytes(b"%PDF-1.7\n" + name.encode() * 5000)
        done(*self.sealing(name, entered, document))
        return self.home / name

    def sealing(self, name: str, entered: Path, document: Path) -> list[object]:
        return [
            *("seal", "--notice", self.notice, "--keyset", self.keyset, "--lot", "lot-1"),
            *("--bidder", uuid.uuid5(uuid.NAMESPACE_DNS, name), "--offer", entered),
            *("--document", f"technical={document}", "--out", self.home / name),
        ]

    def ask(self, *sealed: Path) -> None:
        done(
            *("practice", "request", *sealed, "--notice", self.notice),
            *("--opener", 1, "--opener", 2, "--out", self.home / "asked"),
        )

    def take_share(self, idx: int, *sealed: Path) -> Path:
        note = self.home / f"disclosure-{idx}.note"
        done(*self.taking_share(idx, *sealed), "--out", note)
        return note

    def taking_share(self, idx: int, *sealed: Path) -> list[object]:
        return [
            *("open", "take-share", self.key(f"opener-{idx}"), *sealed),
            *("--keyset", self.keyset, "--notice", self.notice, "--request", self.request),
            *("--holder", f"opener-{idx}", "--control-head", "0" * 64),
        ]

    def take_pads(self, *sealed: Path) -> Path:
        note = self.home / "release.note"
        done(
            *("open", "take-pads", self.key("timekeeper"), *sealed),
            *("--keyset", self.keyset, "--notice", self.notice, "--request", self.request),
            *("--intent", "0" * 64, "--out", note),
        )
        return note


HOLDERS = ("opener-1", "opener-2", "opener-3", "opener-4", "timekeeper", "escrow-a", "escrow-b")


def make_tender(home: Path, *, closes_in: int = 0) -> Tender:
    tender = Tender(home)
    for holder in (*HOLDERS, "agency"):
        done(
            *("keys", "new", "--for", holder.split("-")[0], "--name", f"practice/{holder}"),
            *("--out", home / "keys", "--no-passphrase"),
        )
    done(
        *("practice", "keyset", "--tender", TENDER, "--k", 2),
        *(part for i in range(1, 5) for part in ("--opener", tender.public(f"opener-{i}"))),
        *("--timekeeper", tender.public("timekeeper")),
        *("--escrow", tender.public("escrow-a"), "--escrow", tender.public("escrow-b")),
        *("--agency", tender.key("agency"), "--out", tender.keyset),
    )
    (home / "form.json").write_text(json.dumps(FORM))
    done(
        *("practice", "notice", "--keyset", tender.keyset, "--form", home / "form.json"),
        *("--closes-in", closes_in, "--agency", tender.key("agency"), "--out", tender.notice),
    )
    return tender
