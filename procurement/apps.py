from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ProcurementConfig(AppConfig):
    name = "procurement"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Install the database's own rules after every migration, and who may do what."""
        from procurement.database_roles import grant_to_application
        from procurement.triggers import install

        # Sent once per app after *all* have migrated, so one app's signal is enough.
        post_migrate.connect(install, sender=self, dispatch_uid="procurement.triggers.install")
        post_migrate.connect(
            grant_to_application, sender=self, dispatch_uid="procurement.database_roles.grant"
        )
