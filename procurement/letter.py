"""A letter as a rule knows it: what happened, who hears of it, in which words.

Each room has one table of them. Nothing in a letter tells of a bid before the opening: not its
subject, not its text, and not who gets it, since everybody gets their own.
"""

from dataclasses import dataclass
from enum import StrEnum

from procurement.texts import Text


class Audience(StrEnum):
    """Who hears of something that happened to a tender."""

    OFFICERS = "officers"  # of the agency, like the next four
    LEGAL_APPROVERS = "legal-approvers"
    FINANCE_APPROVERS = "finance-approvers"
    PROPOSERS = "proposers"
    DECIDERS = "deciders"
    HOLDERS = "holders"  # of this tender's keys: the openers; machines get no letters
    PROPOSED = "proposed"  # all of the last panel that an amendment brought, like the next two
    CALLED = "called"  # those of them who hold no key yet
    LEAVING = "leaving"  # those who hold one, and have no seat there
    REPLACED = "replaced"  # those whose panel an amendment has replaced, and who hold none now
    SUPERVISORS = "supervisors"
    FOLLOWERS = "followers"  # those who asked for it, and those who filed a bid


@dataclass(frozen=True)
class Letter:
    """What is written to whom when something happens. ``critical``: somebody must be reached."""

    kind: str
    to: tuple[Audience, ...]
    subject: Text
    body: Text
    critical: bool = False


ABOUT = Text(
    "Tender: “{title}”\nBuyer: {agency}\nBids close: {closes_at}\nBids are opened, not before: "
    "{opens_at}\n{address}",
    "招标：{title}\n采购人：{agency}\n投标截止：{closes_at}\n开标不早于：{opens_at}\n{address}",
)
WHY = Text(
    "You get this letter because you have a part in this tender or follow it. It tells nothing "
    "about any bid. Nobody reads answers to it.",
    "您收到此信，是因为您参与或关注本次招标。信中不含任何投标内容。请勿回复。",
)


def about_a_tender(
    kind: str,
    to: tuple[Audience, ...],
    subject: Text,
    said: Text,
    *,
    critical: bool = False,
    why: Text = WHY,
) -> Letter:
    """Write a letter about a tender: what happened, the tender as it stands, and why it is sent."""
    parts = (said, ABOUT, why)
    body = Text("\n\n".join(part.en for part in parts), "\n\n".join(part.zh for part in parts))
    return Letter(kind, to, subject, body, critical)
