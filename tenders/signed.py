"""Reading what a body has signed: a note by its standing key, and by no other."""

from collections.abc import Iterable
from typing import TypeVar

from procurement.proof.canonical import NotCanonical
from procurement.proof.notes import BadNote, Verifier
from procurement.proof.shapes import Malformed, Statement
from procurement.refusals import BadInput, Fault
from procurement.texts import Text

Signed = TypeVar("Signed", bound=Statement)

_NOT_SIGNED = Text(
    "This is not signed by the standing key of the body that decides: {why}",
    "该内容未由有权决定的单位以其常用密钥签署：{why}",
)
_NOT_IT = Text("What was signed is not a {type}: {why}", "所签内容不是 {type}：{why}")
_NO_KEY = Text("the body has no standing key", "该单位没有常用密钥")


def opened(kind: type[Signed], note: bytes, keys: Iterable[str], *, pointer: str) -> Signed:
    """Read an object out of a note that one of these keys signed.

    :raises BadInput: with ``pointer``, when none of them did or the note holds something else.
    """
    fault = Fault("not-signed", _NOT_SIGNED, {"why": _NO_KEY}, pointer)
    for key in keys:
        try:
            return kind.open(note, Verifier.parse(key))
        except (BadNote, NotCanonical) as error:
            fault = Fault("not-signed", _NOT_SIGNED, {"why": str(error)}, pointer)
        except Malformed as error:
            facts = {"type": kind.TYPE, "why": str(error)}
            raise BadInput(faults=[Fault("not-this", _NOT_IT, facts, pointer)]) from None
    raise BadInput(faults=[fault])
