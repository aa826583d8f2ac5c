"""What operators add to the library of holidays; the newest row for a day or a year counts."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from procurement.models.people import User


class DayKind(models.TextChoices):
    OFF = "off", "Off"  # a holiday, or a day given in return for a weekend that is worked
    WORKING = "working", "Working"  # a weekend that is worked, or a weekday wrongly held off


class CalendarDay(models.Model):
    """A day of a country, as a decree has it and the library does not."""

    APPEND_ONLY_BUT: ClassVar = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    country = models.CharField(max_length=2)  # ISO 3166-1 alpha-2
    day = models.DateField()
    kind = models.CharField(max_length=8, choices=DayKind.choices)
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    source = models.CharField(max_length=500)  # the decree
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["country", "day", "added_at", "pk"]
        indexes: ClassVar = [models.Index(fields=["country", "day"], name="calendar_days_by_day")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=DayKind.values), name="calendar_day_is_off_or_working"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="calendar_day_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.day}: {self.kind}"


class CalendarYear(models.Model):
    """Whether a country has published its holidays of a year, and where it says so."""

    APPEND_ONLY_BUT: ClassVar = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    country = models.CharField(max_length=2)  # ISO 3166-1 alpha-2
    year = models.IntegerField()
    published = models.BooleanField()
    source = models.CharField(max_length=500)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["country", "year", "added_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(source=""), name="calendar_year_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.year}"
