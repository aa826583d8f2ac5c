"""How people sign in: allauth does it; this says who signs up, and which letters are written."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from procurement.models import User
from procurement.outbox import announce
from procurement.verbs import Verb


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Refuse: suppliers register, others are invited or get an account by the operator."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:  # noqa: ARG002
        """Give none: the key stands in the letter."""
        return ""

    def send_password_reset_mail(
        self,
        user: User,
        email: str,  # noqa: ARG002 - the account's own, where the letter goes
        context: dict[str, Any],  # noqa: ARG002 - its key is made anew when the letter is written
    ) -> None:
        """Have the letter with the key written."""
        announce(Verb.PASSWORD_FORGOTTEN, user.pk)

    def send_confirmation_mail(
        self,
        request: HttpRequest,  # noqa: ARG002
        emailconfirmation: Any,
        signup: bool,  # noqa: ARG002 - as allauth calls it
    ) -> None:
        """Have the letter with the key of an added address written."""
        added = emailconfirmation.email_address
        announce(Verb.ADDRESS_ADDED, added.user_id, address=added.pk)
