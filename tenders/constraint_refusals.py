"""What an officer or approver reads when the database refused a change of a tender."""

from procurement.constraint_refusals import Register
from procurement.refusals import Conflict
from procurement.texts import Text
from tenders.rules.changes import DeadlinePassed, TooLate

_ANOTHER = Text(
    "Another change of this tender is on its way; read it again",
    "该招标已有另一变更在办，请重新读取",
)

TENDERS: Register = {
    "deadline_moves_only_later": TooLate,
    "deadline_moves_before_it_passes": DeadlinePassed,
    "tender_has_one_open_change_of_a_kind": lambda: Conflict(_ANOTHER),
}
