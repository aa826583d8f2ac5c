"""Keeping what a verdict rests on: its policy, and a set of anchors that came from a directory."""

from datetime import datetime

from django.db import transaction

from signatures.models import DirectoryPart, DirectorySet, KeptPolicy
from signatures.pdf.anchors import Anchors
from signatures.pdf.frozen import parts_of
from signatures.pdf.policy import Policy


def keep_policy(policy: Policy, *, now: datetime) -> KeptPolicy:
    """Write down, once, what the digest of a policy stands for."""
    found, _ = KeptPolicy.objects.get_or_create(
        pk=policy.digest, defaults={"policy": policy.to_json(), "at": now}
    )
    return found


@transaction.atomic
def keep_directory_set(anchors: Anchors, *, now: datetime) -> DirectorySet:
    """Write down, once, what the digest of a directory's anchors stands for."""
    found = DirectorySet.objects.filter(pk=anchors.digest).first()
    if found is not None:
        return found
    DirectoryPart.objects.bulk_create(
        (DirectoryPart(sha256=digest, der=der) for digest, der in parts_of(anchors)),
        ignore_conflicts=True,
    )
    made, _ = DirectorySet.objects.get_or_create(
        pk=anchors.digest, defaults={"listed": anchors.listed(), "at": now}
    )
    return made
