"""``docs/signature-codes.md``: every code that a check of a signed PDF can find."""

from collections.abc import Iterator

from signatures.pdf.catalogue import CATALOGUE, SECTIONS
from signatures.pdf.told import VERDICTS, explained, in_general, who_acts

HEAD = """# What the codes of a check mean

Written from `signatures/pdf/codes/` by `manage.py docs`. Do not edit by hand. The site shows the
same at `/check/codes/`, in the reader's language.

A check of a signed PDF names what it found by a code. The code alone decides the verdict. What is
said of a bid form holds for a bid form. Another PDF inside a bid is judged at the opening: what is
found is put into the minutes, and people decide what follows. Where a sentence names a fact of the
file, three dots stand here.
"""


def pages() -> dict[str, str]:
    """Write the page."""
    return {"docs/signature-codes.md": "\n".join([HEAD, *_sections()])}


def _sections() -> Iterator[str]:
    for name, entries in SECTIONS:
        yield f"## {name.en} · {name.zh}\n"
        for code in entries:
            yield from _entry(code)


def _entry(code: str) -> Iterator[str]:
    entry, who, more = CATALOGUE[code], who_acts(code), explained(code)
    (title, found, to_do), verdict = in_general(code), VERDICTS[entry.verdict]
    yield f"### `{code}`\n"
    beside = f", {entry.sub_indication}" if entry.sub_indication else ""
    yield f"{entry.verdict}{beside}. Who must act: {who.en.lower()}.\n"
    yield f"**{title.en}.** {found.en} {more.en} *{to_do.en}*\n"
    end = f"结论：{verdict.zh}；由谁处理：{who.zh}。"
    yield f"**{title.zh}。** {found.zh}{more.zh}*{to_do.zh}* {end}\n"
