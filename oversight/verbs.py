"""Reads that are written down, as the journal names them."""

from enum import StrEnum


class Verb(StrEnum):
    TIMELINE_READ = "timeline.read"
    BUNDLE_DOWNLOADED = "bundle.downloaded"
    ATTEMPTS_READ = "attempts.read"
    ASKERS_READ = "askers.read"
    SUPERVISION_READ = "supervision.read"
