"""The nouns of the room ``signatures``; Django finds them here."""

from signatures.models.reports import SignatureReport

__all__ = ["SignatureReport"]
