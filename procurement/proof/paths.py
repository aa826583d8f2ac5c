"""Which names files may have inside a sealed container or a bundle, on every machine alike."""

import re
import unicodedata

MAX_PATH_BYTES = 200  # leaves room for a folder in front, where paths end at 255 or 260
# One step of a path: not "." or "..", no slash, backslash, drive colon or control character.
_STEP = r"(?!\.{1,2}(?:/|(?![\s\S])))[^/\\:\u0000-\u001f\u007f]+"
PATH_PATTERN = rf"{_STEP}(?:/{_STEP})*"  # as Python and JSON Schema (ECMA-262) both read it


def path_refusal(path: str) -> str | None:
    """Say why a path may not be used, as a stable code; None when it may.

    Codes: ``not-nfc``, ``path-too-long`` (in bytes of UTF-8), ``unsafe-path``.
    """
    if not path.isascii():
        try:
            path.encode()
        except UnicodeEncodeError:
            return "unsafe-path"
        if not unicodedata.is_normalized("NFC", path):
            return "not-nfc"
    if len(path.encode()) > MAX_PATH_BYTES:
        return "path-too-long"
    return None if re.fullmatch(PATH_PATTERN, path) else "unsafe-path"
