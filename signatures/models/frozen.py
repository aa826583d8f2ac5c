"""What verdicts rest on, kept by digest, and what was made of signed files to last for years."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from procurement.models.fields import BytesField
from signatures.models.reports import DIGEST


class KeptPolicy(models.Model):
    """What the ``policy_digest`` of a report stands for."""

    APPEND_ONLY_BUT: ClassVar = ()

    digest = models.CharField(max_length=64, primary_key=True)
    policy = models.JSONField()  # as ``Policy.to_json`` wrote it
    at = models.DateTimeField()  # when it was first judged by

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(digest__regex=DIGEST), name="kept_policy_is_named_by_digest"
            ),
        ]

    def __str__(self) -> str:
        return f"policy {self.digest[:12]}"


class DirectorySet(models.Model):
    """What an ``anchors_digest`` stands for where no version was approved, but a directory read."""

    APPEND_ONLY_BUT: ClassVar = ()

    digest = models.CharField(max_length=64, primary_key=True)
    listed = models.JSONField()  # as ``Anchors.listed`` gives it: digests of parts
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(digest__regex=DIGEST), name="directory_set_is_named_by_digest"
            ),
        ]

    def __str__(self) -> str:
        return f"directory {self.digest[:12]}"


class DirectoryPart(models.Model):
    """A certificate, revocation list or answer that stood in the directory, once."""

    APPEND_ONLY_BUT: ClassVar = ()

    sha256 = models.CharField(max_length=64, primary_key=True)
    der = BytesField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sha256__regex=DIGEST), name="directory_part_is_named_by_digest"
            ),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class Rejudging(models.Model):
    """A sample of stored verdicts was judged again: how many, and what was not as before."""

    APPEND_ONLY_BUT: ClassVar = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(db_index=True)
    judged = models.IntegerField()
    amiss = models.JSONField(default=list)  # a sentence for each, for the operator

    def __str__(self) -> str:
        return f"{self.judged} at {self.at:%Y-%m-%d %H:%M}, {len(self.amiss)} amiss"


class ArchiveCopy(models.Model):
    """A copy of a signed file with its evidence and a timestamp over all of it (B-LTA).

    The supplier's file stays as it is. Each renewal is another row, and another object.
    """

    APPEND_ONLY_BUT: ClassVar = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file_sha256 = models.CharField(max_length=64)  # of the supplier's file
    level = models.CharField(max_length=5)  # of PAdES
    bucket = models.CharField(max_length=9)
    object_name = models.CharField(max_length=200)
    object_version = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)  # of the copy
    length = models.BigIntegerField()  # bytes
    stamped_at = models.DateTimeField()  # what the newest timestamp says
    renew_by = models.DateTimeField()  # its certificate or an algorithm ends soon after
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(file_sha256__regex=DIGEST) & Q(sha256__regex=DIGEST),
                name="archive_copy_names_digests_in_hex",
            ),
            models.CheckConstraint(
                condition=Q(renew_by__gt=F("stamped_at")),
                name="archive_copy_holds_for_some_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["file_sha256", "-created_at"], name="archive_copies_of_one_file"),
            models.Index(fields=["renew_by"], name="archive_copies_to_renew"),
        ]

    def __str__(self) -> str:
        return f"{self.level} of {self.file_sha256[:12]}, renewed by {self.renew_by:%Y-%m-%d}"
