from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from procurement import clock
from procurement.actions.accounts import create_organisation, create_user, grant_role
from procurement.actors import system_actor
from procurement.models import Organisation
from procurement.refusals import Refusal
from procurement.roles import OrganisationKind, Role


class Command(BaseCommand):
    help = "Make the account of an operator, and with the first one the operator's organisation."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take who it is and where their password lies."""
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--password-file", help="else it is asked for")
        parser.add_argument("--organisation", default="Operator", help="its name")
        parser.add_argument("--identifier", default="operator", help="its registration number")
        parser.add_argument("--scheme", default="local", help="of the registration number")

    def handle(self, *_: Any, email: str, name: str, **options: Any) -> None:
        """Make the account, whole or not at all."""
        file = options["password_file"]
        password = Path(file).read_text().strip() if file else getpass()
        by, now = system_actor(), clock.now()
        try:
            with transaction.atomic():
                user = create_user(email=email, name=name, password=password, by=by, now=now)
                organisation = Organisation.objects.filter(kind=OrganisationKind.OPERATOR).first()
                if organisation is None:
                    organisation = create_organisation(
                        kind=OrganisationKind.OPERATOR,
                        name_en=options["organisation"],
                        identifier_scheme=options["scheme"],
                        identifier=options["identifier"],
                        by=by,
                        now=now,
                    )
                grant_role(
                    user_id=user.pk,
                    organisation_id=organisation.pk,
                    role=Role.OPERATOR,
                    by=by,
                    now=now,
                )
        except Refusal as refusal:
            raise CommandError(refusal.said("en")) from None
        self.stdout.write(f"{user.email} is an operator of {organisation.name_en}")
