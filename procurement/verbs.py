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
    MEMBERSHIP_ENDED = "membership.ended"
    REFUSED = "attempt.refused"
    CHECKPOINT_DUE_FOR_TIMESTAMP = "checkpoint.timestamp"
