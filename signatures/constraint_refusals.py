"""What an operator reads when the database refused a change of whom the platform trusts."""

from procurement.constraint_refusals import Register
from procurement.refusals import Conflict
from procurement.texts import Text

_FASTER = Text(
    "Another approval was faster; read the set in force again",
    "另一项批准已先完成，请重新读取现行版本",
)

SIGNATURES: Register = {
    "signatures_trustversion_pkey": lambda: Conflict(_FASTER),
    "signatures_trustversion_proposal_id_key": lambda: Conflict(_FASTER),
}
