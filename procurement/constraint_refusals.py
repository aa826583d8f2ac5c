"""What a person reads when the database refused: by the name of the constraint that did.

The last word on a race belongs to the database. Its errors name a constraint; rooms say in
``settings.CONSTRAINT_REFUSALS`` which refusal that is. The one edge asks here.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from django.conf import settings
from django.db import Error

from procurement.dotted import found
from procurement.refusals import AlreadyDone, Conflict, Refusal
from procurement.texts import Text

Register: TypeAlias = Mapping[str, Callable[[], Refusal]]  # a class of refusal is one, too

GROUND_FLOOR: Register = {
    "role_is_held_once_at_a_time": AlreadyDone,
    "certificate_is_enrolled_once": AlreadyDone,
    "organisation_is_registered_once": lambda: Conflict(
        Text("An organisation with this identifier is registered", "该标识的单位已登记")
    ),
    "organisation_has_one_standing_key": lambda: Conflict(
        Text("This organisation has a standing key already", "该单位已有常用签名密钥")
    ),
    "procurement_user_email_key": lambda: Conflict(
        Text("This e-mail address has an account", "该电子邮箱已有账户")
    ),
    "procurement_debarmentlistversion_pkey": lambda: Conflict(
        Text("Somebody else was faster; read it again", "已被他人抢先更改，请重新读取")
    ),
    "state_moves_along_edges": lambda: Conflict(
        Text("Somebody else was faster; read it again", "已被他人抢先更改，请重新读取")
    ),
}


def refusal_for(error: Error) -> Refusal | None:
    """Find the refusal for a database error, or None when no constraint of ours was hit."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    for register in found(settings.CONSTRAINT_REFUSALS):
        if name in register:
            refusal: Refusal = register[name]()
            return refusal
    return None
