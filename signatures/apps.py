"""The room ``signatures`` in the Django project; everything below ``signatures.pdf`` needs none."""

from django.apps import AppConfig


class SignaturesConfig(AppConfig):
    """Signature reports as rows."""

    name = "signatures"
    label = "signatures"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Signatures"
