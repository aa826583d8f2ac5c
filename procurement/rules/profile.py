"""What a supplier gives once, and whether it still holds when a tender asks."""

import re
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from procurement.refusals import Fault
from procurement.rules.declaration import faults_of_validity
from procurement.texts import Text

__all__ = ["Standing", "faults_of_fact", "faults_of_validity", "standing"]

LONGEST_VALUE = 10_000  # characters; an answer to a question is shorter
_KIND = re.compile("[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?")  # as questions are called
NOT_A_KIND = Text(
    "Name it as questions are named: small letters, digits, dots, dashes, at most 64",
    "请按问题标识命名：小写字母、数字、点或连字符，最多 64 个字符",
)
NOT_A_VALUE = Text("Give a value of at most {most} characters", "请填写不超过 {most} 个字符的内容")


class Standing(StrEnum):
    """Whether something given once can answer a tender, at one instant and until its deadline."""

    VALID = "valid"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRES_BEFORE_DEADLINE = "expires-before-deadline"
    EXPIRED = "expired"
    MISSING = "missing"


def standing(
    valid_from: datetime, valid_until: datetime | None, *, now: datetime, closes_at: datetime
) -> Standing:
    """Say whether something holds: ``valid_from <= t < valid_until``, now and at the deadline."""
    if valid_until is not None and valid_until <= now:
        return Standing.EXPIRED
    if valid_from > now:
        return Standing.NOT_YET_VALID
    if valid_until is not None and valid_until <= closes_at:
        return Standing.EXPIRES_BEFORE_DEADLINE
    return Standing.VALID


def faults_of_fact(kind: str, value: str) -> Iterator[Fault]:
    """Name what keeps a fact from being one."""
    if not _KIND.fullmatch(kind):
        yield Fault("not-a-kind", NOT_A_KIND, pointer="/kind")
    if not value.strip() or len(value) > LONGEST_VALUE:
        yield Fault("not-a-value", NOT_A_VALUE, {"most": LONGEST_VALUE}, "/value")
