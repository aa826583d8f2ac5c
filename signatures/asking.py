"""What anybody may ask about a signed PDF, without an account: nothing of it is kept."""

from signatures.pdf.policy import LEVELS, MIB, Policy, Supplier

LARGEST = 50 * MIB  # of a file that a stranger brings
SCOPE = "signature-check"  # settings.RATES


def policy_for(*, identifier: str = "", level: str = "") -> Policy:
    """Ask for the signature of an organisation, or of whoever; at a level, or at any.

    :raises ValueError: for a level that there is none.
    """
    supplier = Supplier(identifiers=frozenset({identifier})) if identifier else None
    wanted = next((one for one in LEVELS if one == (level or LEVELS[0])), None)
    if wanted is None:
        raise ValueError(f"There is no level {level}")
    return Policy(supplier=supplier, level=wanted)
