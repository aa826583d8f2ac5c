"""The secrets of authenticator apps, which the database keeps sealed."""

import base64
import hashlib

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    def encrypt(self, text: str) -> str:
        """Seal a secret, so that a copy of the database alone makes no codes."""
        return _sealer().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret."""
        return _sealer().decrypt(encrypted_text.encode()).decode()


def _sealer() -> Fernet:
    """Derive the key from the server's own; a new one of these makes people set up anew."""
    key = hashlib.sha256(b"daylight second factors\n" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
