"""``make demo``: a tender from the keys to the prices, on plain files, by the real command.

Every step is a process of its own that runs ``daylight``, as its person would on their own
machine. A step that is meant to be refused has to be refused for the right reason.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

OPENERS = ("opener-1", "opener-2", "opener-3", "opener-4")
HOLDERS = (*OPENERS, "timekeeper", "escrow-a", "escrow-b")
SUPPLIERS = {"north": "12.50", "south": "11.00", "east": "13.20"}  # unit prices, CNY
LARGE = "east"
LARGE_BYTES = 50 * 1024 * 1024
CLOSES_IN = 20  # seconds from the notice; sealing takes about three
NOT_SHOWN = (
    "the server: drafts, approvals, publication, submission with receipts",
    "signed PDF bid forms, and judging signatures inside a bid",
    "the journal and its witnesses, which an opening asks for leave",
    "ranking, award, minutes, and the evidence bundle for strangers",
)
FORM: dict[str, Any] = {
    "type": "daylight/response-form/v1",
    "questions": [],
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
            "items": [
                {"id": "chairs", "description": "Chairs", "quantity": "100", "unit": "piece"}
            ],
        }
    ],
}


class StepFailed(Exception):  # noqa: N818 - reads as what happened
    """A step that did not do what it should."""


@dataclass(frozen=True)
class Demo:
    """One run in a folder of its own."""

    home: Path

    def daylight(self, *arguments: object, refused: str | None = None) -> dict[str, Any]:
        """Run ``daylight`` and give its answer; ``refused`` is the code that it must refuse with.

        :raises StepFailed: when it did otherwise.
        """
        command = [sys.executable, "-m", "client.main", *map(str, arguments), "--json"]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        said = (ran.stdout if ran.stdout.strip() else ran.stderr).strip().splitlines()
        try:
            answer: dict[str, Any] = json.loads(said[-1])
        except (IndexError, ValueError):
            raise StepFailed("\n".join(said[-3:]) or "no answer") from None
        if refused is None and ran.returncode and "bids" not in answer:
            raise StepFailed(answer.get("message", str(answer)))
        if refused is not None and (ran.returncode, answer.get("code")) != (1, refused):
            raise StepFailed(f"this was to be refused ({refused}), and was not: {answer}")
        return answer

    def key(self, holder: str) -> Path:
        return self.home / "keys" / f"practice-{holder}.key.age"

    def public(self, holder: str) -> Path:
        return self.home / "keys" / f"practice-{holder}.public.json"

    @property
    def passphrase(self) -> tuple[object, ...]:
        return "--passphrase-file", self.home / "passphrase"

    @property
    def signed(self) -> tuple[object, ...]:
        """Name notice and keyset, both signed by the agency, as suppliers and holders take them."""
        verifier = json.loads(self.public("agency").read_text())["verifier"]
        return (
            *("--notice", self.home / "notice.note", "--keyset", self.home / "keyset.note"),
            *("--agency-key", verifier),
        )

    @property
    def sealed(self) -> list[Path]:
        return [self.home / "sealed" / name for name in SUPPLIERS]


def make_keys(demo: Demo) -> str:
    """Make every holder's keys, each under a passphrase."""
    for holder in (*HOLDERS, "agency"):
        role = holder.split("-")[0]
        demo.daylight(
            *("keys", "new", "--for", role, "--name", f"practice/{holder}"),
            *("--out", demo.home / "keys", *demo.passphrase),
        )
    return "four openers, the timekeeper, two escrow holders and the agency have keys"


def fix_keyset(demo: Demo) -> str:
    """Fix the keyset: two of four openers."""
    demo.daylight(
        *("practice", "keyset", "--tender", uuid.uuid4(), "--k", 2),
        *(part for name in OPENERS for part in ("--opener", demo.public(name))),
        *("--timekeeper", demo.public("timekeeper")),
        *("--escrow", demo.public("escrow-a"), "--escrow", demo.public("escrow-b")),
        *("--agency", demo.key("agency"), *demo.passphrase, "--out", demo.home / "keyset.json"),
    )
    return "keyset fixed: any 2 of 4 openers, together with the timekeeper; signed by the agency"


def rehearse(demo: Demo) -> str:
    """Challenge every holder, and check the answers."""
    keyset, folder = demo.home / "keyset.json", demo.home / "rehearsal"
    demo.daylight("practice", "challenges", "--keyset", keyset, "--out", folder)
    for holder in HOLDERS:
        demo.daylight(
            *("keys", "rehearse", demo.key(holder), folder / f"{holder}.age"),
            *("--keyset", keyset, "--holder", holder, "--out", folder / f"{holder}.note"),
            *demo.passphrase,
        )
    answer = demo.daylight("practice", "answers", folder, "--keyset", keyset)
    return f"rehearsal: {len(answer['answered'])} holders showed that they can decrypt and sign"


def publish(demo: Demo) -> str:
    """Write the notice and sign it."""
    (demo.home / "form.json").write_text(json.dumps(FORM))
    answer = demo.daylight(
        *("practice", "notice", "--keyset", demo.home / "keyset.json"),
        *("--form", demo.home / "form.json", "--title", "Chairs", "--closes-in", CLOSES_IN),
        *("--agency", demo.key("agency"), *demo.passphrase, "--out", demo.home / "notice.json"),
    )
    (demo.home / "closes_at").write_text(answer["closes_at"])
    return f"notice signed by the agency; bids until {answer['closes_at'][11:19]} UTC"


def refuse_bad_offer(demo: Demo) -> str:
    """Show that an offer with a fault is refused before sealing."""
    answer = demo.daylight(*_sealing(demo, "faulty", "12,50"), refused="bad-offer")
    fault = answer["faults"][0]
    return f"an offer with a fault is refused before sealing: {fault['pointer']}: {fault['text']}"


def seal_bids(demo: Demo) -> str:
    """Let three suppliers seal."""
    for name, price in SUPPLIERS.items():
        demo.daylight(*_sealing(demo, name, price))
        demo.daylight("inspect", demo.home / "sealed" / name)
    return f"{len(SUPPLIERS)} suppliers sealed their offers, one of them with 50 MB"


def refuse_early(demo: Demo) -> str:
    """Show that nobody takes anything out before the time."""
    demo.daylight(*_request(demo))
    demo.daylight(*_share(demo, 1), refused="too-early")
    answer = demo.daylight(*_pads(demo), refused="too-early")
    return f"opener and timekeeper asked too early, and refused: {answer['message']}"


def wait(demo: Demo) -> str:
    """Wait for the deadline."""
    closes_at = datetime.fromisoformat((demo.home / "closes_at").read_text())
    while (left := (closes_at - datetime.now(UTC)).total_seconds()) > 0:
        time.sleep(min(left, 0.2))
    return "the deadline has passed"


def take_out(demo: Demo) -> str:
    """Let two openers disclose, and the timekeeper release."""
    for idx in (1, 2):
        demo.daylight(*_share(demo, idx))
    demo.daylight(*_pads(demo))
    return "two openers disclosed their shares, and the timekeeper released"


def refuse_one_opener(demo: Demo) -> str:
    """Show that one opener and the timekeeper do not suffice."""
    answer = demo.daylight(*_combine(demo, "alone", (1,)), refused="no-quorum")
    return f"one opener and the timekeeper do not suffice: {answer['message']}"


def refuse_without_timekeeper(demo: Demo) -> str:
    """Show that the openers do not suffice."""
    arguments = _combine(demo, "untimed", (1, 2), release=False)
    answer = demo.daylight(*arguments, refused="no-release")
    return f"two openers without the timekeeper do not suffice: {answer['message']}"


def open_all(demo: Demo) -> str:
    """Open every bid, and compare the prices with what went in."""
    bids = demo.daylight(*_combine(demo, "opened", (1, 2)))["bids"]
    _require({bid["cause"] for bid in bids} == {"opened"}, f"not all opened: {bids}")
    for bid in bids:
        net = Decimal(SUPPLIERS[bid["envelope"]]) * 100
        _require(Decimal(bid["total_net"]) == net, f"another price than was sealed: {bid}")
    large = demo.home / "opened" / LARGE / "files" / "documents" / "technical.pdf"
    _require(large.stat().st_size == LARGE_BYTES, "the large document is not whole")
    prices = ", ".join(f"{bid['envelope']} {bid['total']} {bid['currency']}" for bid in bids)
    return f"two openers and the timekeeper open all: {prices}"


def find_tampering(demo: Demo) -> str:
    """Flip one byte of one payload in a copy, and open again."""
    copies = demo.home / "copies"
    shutil.copytree(demo.home / "sealed", copies)
    payload = copies / "north" / "payload.age"
    raw = bytearray(payload.read_bytes())
    raw[len(raw) // 2] ^= 1
    payload.write_bytes(raw)
    demo.daylight("inspect", copies / "north", refused="changed")
    arguments = _combine(demo, "tampered", (1, 2), sealed=[copies / name for name in SUPPLIERS])
    causes = {bid["envelope"]: bid["cause"] for bid in demo.daylight(*arguments)["bids"]}
    right = dict.fromkeys(SUPPLIERS, "opened") | {"north": "integrity"}
    _require(causes == right, f"wrong causes: {causes}")
    return "one byte changed in a copy: north has lost its integrity, and the others still open"


STEPS: tuple[Callable[[Demo], str], ...] = (
    make_keys,
    fix_keyset,
    rehearse,
    publish,
    refuse_bad_offer,
    seal_bids,
    refuse_early,
    wait,
    take_out,
    refuse_one_opener,
    refuse_without_timekeeper,
    open_all,
    find_tampering,
)


def run_demo(home: Path) -> int:
    """Run every step in a new folder under ``home``; 0 only if each did what it should."""
    home.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="run-", dir=home) as folder:
        demo = Demo(Path(folder))
        _prepare(demo)
        for step in STEPS:
            if not _ran(step, demo):
                return 1
    print(f"All of it in {time.monotonic() - began:.0f} seconds. Not shown yet:")
    for missing in NOT_SHOWN:
        print(f"  · {missing}")
    return 0


def _ran(step: Callable[[Demo], str], demo: Demo) -> bool:
    began = time.monotonic()
    try:
        said, mark = step(demo), "✓"
    except StepFailed as failed:
        said, mark = f"{step.__name__}: {failed}", "✗"
    print(f"{mark} {time.monotonic() - began:5.1f} s  {said}", flush=True)
    return mark == "✓"


def _prepare(demo: Demo) -> None:
    """Write the passphrase and the suppliers' documents."""
    (demo.home / "passphrase").write_text("practice makes perfect\n")
    for folder in ("documents", "sealed"):
        (demo.home / folder).mkdir()
    for name in (*SUPPLIERS, "faulty"):
        length = LARGE_BYTES if name == LARGE else 200_000
        head = f"%PDF-1.7\n% {name}\n".encode()
        (demo.home / "documents" / f"{name}.pdf").write_bytes(head.ljust(length, b" "))


def _sealing(demo: Demo, name: str, price: str) -> list[object]:
    offer = demo.home / f"{name}.json"
    prices = {"chairs": {"unit_price": price, "tax_rate": "0.13"}}
    offer.write_text(json.dumps({"answers": {}, "prices": prices}))
    return [
        *("seal", *demo.signed, "--lot", "lot-1", "--bidder", uuid.uuid4(), "--offer", offer),
        *("--document", f"technical={demo.home / 'documents' / name}.pdf"),
        *("--out", demo.home / "sealed" / name),
    ]


def _request(demo: Demo) -> list[object]:
    return [
        *("practice", "request", *demo.sealed, "--notice", demo.home / "notice.json"),
        *("--opener", 1, "--opener", 2, "--out", demo.home / "asked"),
    ]


def _share(demo: Demo, idx: int) -> list[object]:
    return [
        *("open", "take-share", demo.key(f"opener-{idx}"), *demo.sealed, *demo.signed),
        *("--request", demo.home / "asked" / "request.json", *demo.passphrase),
        *("--holder", f"opener-{idx}", "--control-head", "0" * 64),
        *("--out", demo.home / f"disclosure-{idx}.note"),
    ]


def _pads(demo: Demo) -> list[object]:
    return [
        *("open", "take-pads", demo.key("timekeeper"), *demo.sealed, *demo.signed),
        *("--request", demo.home / "asked" / "request.json", *demo.passphrase),
        *("--intent", "0" * 64, "--out", demo.home / "release.note"),
    ]


def _combine(
    demo: Demo,
    out: str,
    openers: tuple[int, ...],
    *,
    release: bool = True,
    sealed: list[Path] | None = None,
) -> list[object]:
    return [
        *("open", "combine", *(sealed or demo.sealed), "--keyset", demo.home / "keyset.json"),
        *(part for i in openers for part in ("--disclosure", demo.home / f"disclosure-{i}.note")),
        *(("--release", demo.home / "release.note") if release else ()),
        *("--out", demo.home / out),
    ]


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise StepFailed(otherwise)
