"""Who acts at the command line: an operator who shows it, by what a sign-in asks."""

from dataclasses import replace
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings

from procurement.actors import Actor
from procurement.fresh import SecondFactorNeeded
from procurement.models import User
from procurement.refusals import Refusal
from procurement.texts import Text


class NotProven(Refusal):
    code, status = "not-proven", 401
    title = Text(
        "This is not how you sign in: address, password or code is wrong",
        "身份验证失败：邮箱、密码或验证码有误",
    )


def proven(email: str, password: str, code: str, *, now: datetime) -> Actor:
    """Give the actor behind an account, with the roles that they hold now.

    :raises NotProven: when the password is not theirs, or the code.
    :raises SecondFactorNeeded: where a password alone is too few.
    """
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None or not user.check_password(password):
        raise NotProven
    second = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if second is not None and not second.wrap().validate_code(code):
        raise NotProven
    if settings.SECOND_FACTOR_REQUIRED and second is None:
        raise SecondFactorNeeded
    actor = Actor.of(user, now)
    return replace(actor, authenticated_at=now, second_factor=second is not None)
