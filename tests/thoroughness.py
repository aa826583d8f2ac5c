"""How long chance plays: as long as the gate has time for, or with DAYLIGHT_THOROUGH=1 longer.

``make thorough`` runs every test that chance plays in. Each run then plays something new.
"""

import os

from hypothesis import HealthCheck, Phase, settings

THOROUGH = os.environ.get("DAYLIGHT_THOROUGH") == "1"
MORE_EXAMPLES = 10 if THOROUGH else 1
MORE_STEPS = 3 if THOROUGH else 1


def begin() -> None:
    """Let every test that says no number of its own try more examples, too."""
    settings.register_profile("thorough", max_examples=1000, deadline=None, print_blob=True)
    if THOROUGH:
        settings.load_profile("thorough")


def plays(examples: int, *, steps: int, same: bool = False) -> settings:
    """Play a machine ``examples`` times in the gate, of at most ``steps`` steps each.

    With ``same`` the gate plays the same every time.
    """
    return settings(
        phases=(Phase.generate,),  # a play takes seconds: a failure is told as it was, not shorter
        database=None,
        max_examples=examples * MORE_EXAMPLES,
        stateful_step_count=steps * MORE_STEPS,
        derandomize=same and not THOROUGH,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def examples(number: int, *, same: bool = False) -> settings:
    """Try ``number`` examples in the gate, with ``same`` the same ones every time."""
    return settings(
        max_examples=number * MORE_EXAMPLES,
        derandomize=same and not THOROUGH,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
