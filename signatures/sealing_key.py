"""Where the platform's own key is: ``DAYLIGHT_SEAL``, read in this one place.

    file:                                                       platform.p12 in DAYLIGHT_KEYS_DIR
    file:/etc/daylight/seal.pem                                 another PKCS#12 or PEM file
    pkcs11:module=/usr/lib/softhsm/libsofthsm2.so;token=daylight;object=seal
    csc:https://signing.example;credential=GX0112348

A value may be written with percent signs, as in a URI, where it holds a semicolon. ``pkcs11`` and
``csc`` need the extras of the server; secrets are settings of their own, never part of this one.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from procurement.keys import sealing_key_file
from signatures.pdf.remote_keys import RemoteKey
from signatures.pdf.signing import KeyAway, KeyUnreadable, SigningKey
from signatures.pdf.token_keys import TokenKey
from signatures.platform import load_key

TOKEN_WORDS = {"module", "token", "object", "certificates"}
SERVICE_WORDS = {"credential"}


@dataclass(frozen=True)
class FileKey:
    """A key in a file, opened with ``DAYLIGHT_SEAL_PASSPHRASE`` where it has one."""

    path: Path

    def key(self) -> SigningKey:
        """Open the file.

        :raises KeyUnreadable: when it is no key, or not its passphrase.
        :raises OSError: when there is no such file.
        """
        return load_key(self.path, settings.SEAL_PASSPHRASE or None)


Place = FileKey | TokenKey | RemoteKey


def place() -> Place:
    """Say where the platform's key is.

    :raises ImproperlyConfigured: when ``DAYLIGHT_SEAL`` says nothing that is known here.
    """
    kind, _, rest = settings.SEAL.partition(":")
    try:
        match kind:
            case "file":
                return FileKey(Path(rest) if rest else sealing_key_file())
            case "pkcs11":
                return _token(_words(rest.split(";"), TOKEN_WORDS))
            case "csc":
                service, *others = rest.split(";")
                return _remote(service, _words(others, SERVICE_WORDS))
    except (ValueError, KeyError) as error:
        raise ImproperlyConfigured(f"DAYLIGHT_SEAL is not understood: {_why(error)}.") from None
    raise ImproperlyConfigured("DAYLIGHT_SEAL begins with file:, pkcs11: or csc:, nothing else.")


def sealing_certificates() -> tuple[bytes, ...]:
    """Give the platform's own certificate and those above it; none while its key is away."""
    try:
        key = place().key()
    except (OSError, KeyAway, KeyUnreadable, ImproperlyConfigured):
        return ()  # whoever seals says so, and so does the state of the platform
    return (key.certificate_der, *key.chain_der)


def name_of(where: Place) -> str:
    """Name a place for an operator, without its secrets."""
    match where:
        case FileKey(path):
            return str(path)
        case TokenKey():
            return f"the key {where.label} of the token {where.token}"
    return f"the credential {where.credential} at {where.service}"


def _token(words: dict[str, str]) -> TokenKey:
    if not settings.SEAL_PIN:
        raise KeyUnreadable("the PIN of the token is wanted in DAYLIGHT_SEAL_PIN")
    more = words.get("certificates")
    return TokenKey(
        module=Path(words["module"]),
        token=words["token"],
        label=words["object"],
        pin=settings.SEAL_PIN,
        certificates=None if more is None else Path(more),
    )


def _remote(service: str, words: dict[str, str]) -> RemoteKey:
    return RemoteKey(
        service=service,
        credential=words["credential"],
        token=settings.SEAL_TOKEN,
        login=settings.SEAL_LOGIN,
        pin=settings.SEAL_PIN,
        sad=settings.SEAL_SAD,
    )


def _words(parts: list[str], known: set[str]) -> dict[str, str]:
    """Read ``name=value`` pairs; a name that is not known is an error, not passed over."""
    words = {}
    for part in filter(None, parts):
        name, _, value = part.partition("=")
        if name not in known or not value:
            raise ValueError(f"{part} is none of {', '.join(sorted(known))} with a value")
        words[name] = unquote(value)
    return words


def _why(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
