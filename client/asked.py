"""What a supplier answers: notice and keyset, from a fetched tender or from plain files."""

import argparse
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from client.fetching import read_folder
from client.files import read_object
from client.output import Stopped
from procurement.texts import Text
from tenders.notice import Notice
from tenders.panel.keyset import Keyset


class Asked(NamedTuple):
    """What a supplier answers, and until when: the deadline as last moved, where that is known."""

    notice: Notice
    keyset: Keyset
    closes_at: datetime


def add_asked(parser: argparse.ArgumentParser) -> None:
    """Add the options that name a fetched tender, or its notice and keyset as plain files."""
    parser.add_argument("--tender", type=Path, metavar="DIR", help="as fetched")
    parser.add_argument("--notice", type=Path, help="its JSON, or a signed .note")
    parser.add_argument("--keyset", type=Path, help="its JSON, or a signed .note")
    parser.add_argument("--agency-key", metavar="VKEY", help="then only signed notes are taken")


def read_asked(args: argparse.Namespace) -> Asked:
    """Read notice and keyset, which must fit each other and the envelope that is sealed.

    :raises Stopped: naming what does not fit.
    """
    plain = args.notice, args.keyset
    if (args.tender is None) == (plain == (None, None)) or plain.count(None) == 1:
        raise Stopped(
            "what-tender",
            Text(
                "Give --tender DIR, or --notice and --keyset.",
                "请给出 --tender DIR，或给出 --notice 和 --keyset。",
            ),
        )
    if args.tender is not None:
        fetched = read_folder(args.tender)
        notice, keyset = fetched.notice, fetched.keyset
        closes_at = fetched.proof.closes_at
    else:
        notice = read_object(Notice, args.notice, args.agency_key)
        keyset = read_object(Keyset, args.keyset, args.agency_key)
        closes_at = notice.closes_at
    _require_fit(notice, keyset, args)
    return Asked(notice, keyset, closes_at)


def _require_fit(notice: Notice, keyset: Keyset, args: argparse.Namespace) -> None:
    if (notice.keyset, notice.tender) != (keyset.digest(), keyset.tender):
        raise Stopped(
            "other-keyset",
            Text(
                "The notice names another keyset: fetch both again.",
                "公告所列的是另一个密钥集：请重新获取二者。",
            ),
        )
    if args.agency_key is not None and notice.agency != args.agency_key:
        raise Stopped(
            "other-agency",
            Text(
                "The notice names another agency's key than yours.",
                "公告所列的采购机关公钥与您给出的不同。",
            ),
        )
    if notice.gate(args.lot, args.envelope) is None:
        known = ", ".join(f"{gate.lot}/{gate.envelope}" for gate in notice.gates)
        text = Text("The notice asks for {known} only.", "公告只要求 {known}。")
        raise Stopped("no-such-envelope", text, known=known)
