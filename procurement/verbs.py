"""What happens on the ground floor, as the journal names it."""

from enum import StrEnum


class Verb(StrEnum):
    ORGANISATION_CREATED = "organisation.created"
    JURISDICTION_GIVEN = "jurisdiction.given"
    NOTE_KEY_ENROLLED = "note-key.enrolled"
    CERTIFICATE_ENROLLED = "certificate.enrolled"
    USER_CREATED = "user.created"
    MACHINE_CREATED = "machine.created"
    ROLE_GRANTED = "role.granted"
    ROLE_HANDED_OVER = "role.handed-over"
    MEMBERSHIP_ENDED = "membership.ended"
    ORGANISATION_VERIFIED = "organisation.verified"
    VERIFICATION_TAKEN_BACK = "organisation.verification-taken-back"
    INVITATION_MADE = "invitation.made"
    INVITATION_WITHDRAWN = "invitation.withdrawn"
    INVITATION_ACCEPTED = "invitation.accepted"
    CERTIFICATE_CHALLENGED = "certificate.challenged"
    CERTIFICATE_EXPIRES = "certificate.expires"
    # Told by mail alone, and in no journal
    REGISTRATION_ASKED = "registration.asked"
    REGISTRATION_REPEATED = "registration.repeated"
    PASSWORD_FORGOTTEN = "password.forgotten"  # noqa: S105 - a verb
    ADDRESS_ADDED = "address.added"
    REFUSED = "attempt.refused"
    CHECKPOINT_DUE_FOR_TIMESTAMP = "checkpoint.timestamp"
