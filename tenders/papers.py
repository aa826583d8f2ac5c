"""What a tender says, as papers that people read and that carry the signed objects inside."""

from pathlib import Path
from typing import Any

from procurement.proof.canonical import JSON
from procurement.texts import Text
from procurement.typesetting import Attachment, typeset
from tenders.notice import Notice
from tenders.packs import every_pack
from tenders.panel.keyset import Keyset
from tenders.rules.signature_rules import in_words

PAPERS = Path(__file__).parent / "papers"
MOST_ITEMS = 1_000  # printed, of all price tables; ten thousand lines take a gigabyte to set
TRAINING = "training"  # the rule pack under which nothing has legal effect

_KINDS = {
    "text": Text("text", "文本"),
    "yes-no": Text("yes or no", "是或否"),
    "number": Text("number", "数字"),
    "date": Text("date", "日期"),
    "choice": Text("one of these", "单选"),
}


def notice_pdf(notice: Notice, keyset: Keyset, *, agency_name: Text) -> bytes:
    """Set a notice as PDF/A-3b that embeds ``notice.json`` and ``keyset.json``, to the byte.

    :raises ValueError: for a keyset that is not the one of the notice.
    """
    if keyset.digest() != notice.keyset:
        raise ValueError("The notice names another keyset")
    return typeset(
        PAPERS / "notice.typ",
        {
            "notice": notice.to_json(),
            "keyset": keyset.to_json(),
            "agency": both(agency_name),
            "prices": _printed(notice.response_form.get("prices", [])),
            "kinds": {kind: both(text) for kind, text in _KINDS.items()},
            "decryption": _decryption(notice),
            "signatures": both(in_words(notice.signatures)),
            "training": is_training(notice),
        },
        attachments=[
            Attachment("notice.json", notice.canonical(), "application/json", "Notice / 公告"),
            Attachment("keyset.json", keyset.canonical(), "application/json", "Keyset / 密钥集"),
        ],
        title=" / ".join(["Notice of tender 招标公告", *notice.title.values()]),
    )


def _decryption(notice: Notice) -> list[JSON]:
    """Give the rule of decryption and of its fallback, as the pack of the notice has them."""
    pack = every_pack().get((notice.pack.name, notice.pack.version))
    texts = pack.texts if pack else {}
    return [both(texts[name]) for name in ("decryption", "fallback") if name in texts]


def _printed(tables: list[dict[str, Any]]) -> list[JSON]:
    """Cut price tables to what is printed, each with the number of its lines that are not."""
    left = MOST_ITEMS
    printed: list[JSON] = []
    for table in tables:
        items = table["items"][:left]
        left -= len(items)
        printed.append({**table, "items": items, "more": len(table["items"]) - len(items)})
    return printed


def both(text: Text) -> dict[str, JSON]:
    """Give a text as the map that templates read."""
    return {"en": text.en, "zh": text.zh}


def is_training(notice: Notice) -> bool:
    """Tell whether a tender is practice, so that its papers must say so."""
    return notice.pack.name == TRAINING
