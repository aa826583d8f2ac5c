"""The containers are as the manual says: healthy, not root, on loopback, and the vault shut."""

import http.client
import re
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml

from procurement.tryout.processes import LOOPBACK
from procurement.vault import DOCUMENTS, open_vault
from tests.operations.proxying import nginx
from tests.servers import ROOT, SharedMinio

DOCKER = ROOT / "docker"
SIGNED = "AWS4-HMAC-SHA256 Credential=known/20261124/us-east-1/s3/aws4_request, Signature=0"
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    composed: dict[str, dict[str, Any]] = yaml.safe_load((DOCKER / "compose.yml").read_text())
    return composed["services"]


def test_every_service_says_how_it_is(services: dict[str, Any]) -> None:
    for name, service in services.items():
        check = service["healthcheck"]
        assert check.get("test") or (name == "migrate" and check == {"disable": True}), name


def test_no_service_runs_as_root(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"]), name


def test_only_the_public_proxy_has_a_port_and_only_on_loopback(services: dict[str, Any]) -> None:
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}

    assert ports == {"site": ["127.0.0.1:8443:8443"]}


def test_only_its_proxy_reaches_minio(services: dict[str, Any]) -> None:
    reaching = {name for name, one in services.items() if "store" in one.get("networks", [])}

    assert reaching == {"minio", "vault"}


def test_only_migrations_know_the_owners_password(services: dict[str, Any]) -> None:
    told = {
        name
        for name, service in services.items()
        if "database_owner_url" in service.get("secrets", [])
    }

    assert told == {"migrate"}


def test_images_are_built_for_a_user_who_is_not_root() -> None:
    for path in (DOCKER / "Dockerfile", DOCKER / "minio.Dockerfile"):
        users = re.findall(r"^USER (\S+)$", path.read_text(), re.MULTILINE)
        assert users, path
        assert "root" not in users, path


@pytest.fixture
def proxied(tmp_path: Path, minio: SharedMinio) -> Iterator[int]:
    """Run the vault's own proxy before the MinIO of this run; the port that it listens on."""
    here = {"listen 9443 ssl;": "listen LISTEN;", "server minio:9000;": f"server {minio.endpoint};"}
    with nginx(tmp_path, "vault", here) as port:
        yield port


def answered(port: int, target: str, **headers: str) -> tuple[int, str | None]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(http.client.HTTPConnection(LOOPBACK, port, timeout=10)) as connection:
        connection.request("PUT", target, b"0\r\n\r\n", named)
        response = connection.getresponse()
        return response.status, response.getheader("Content-Type")


@pytest.mark.services
def test_the_application_works_through_the_proxy(proxied: int, minio: SharedMinio) -> None:
    vault = open_vault(minio.url.replace(minio.endpoint, f"{LOOPBACK}:{proxied}"))

    stored = vault.put(DOCUMENTS, "through/proxy", BytesIO(b"bytes"), 5)

    with vault.get(DOCUMENTS, "through/proxy", stored.version_id) as read:
        assert b"".join(read) == b"bytes"


@pytest.mark.services
@pytest.mark.parametrize(
    ("target", "headers"),
    [
        pytest.param("/documents/x", {}, id="nothing is signed"),
        pytest.param(
            "/documents/x",
            {"Authorization": SIGNED, "X_Amz_Content_Sha256": UNSIGNED_TRAILER},
            id="an unsigned trailer",
        ),
        pytest.param(
            "/documents/x",
            {"Authorization": SIGNED, "X_Amz_Content_Sha256": UNSIGNED_TRAILER.lower()},
            id="an unsigned trailer in small letters",
        ),
        pytest.param(
            "/documents/x",
            {"Authorization": SIGNED, "X_Amz_Meta_Snowball_Auto_Extract": "true"},
            id="a tar file to unpack",
        ),
        pytest.param(
            "/documents/x?X-Amz-Credential=known/20261124/us-east-1/s3/aws4_request",
            {"X_Amz_Content_Sha256": UNSIGNED_TRAILER},
            id="credentials in the query",
        ),
        pytest.param(
            "/documents/x?%58-%41mz-Credential=known", {"Authorization": SIGNED}, id="in escapes"
        ),
        pytest.param(
            "/documents/x",
            {"Authorization": SIGNED, "X_Amz_Copy_Source": "/sealed/y"},
            id="a copy of something else",
        ),
        pytest.param("/minio/admin/v3/info", {"Authorization": SIGNED}, id="the operators' door"),
    ],
)
def test_the_proxy_refuses(proxied: int, target: str, headers: dict[str, str]) -> None:
    by_nginx = (403, "text/html")  # where MinIO refuses, it answers in XML

    assert answered(proxied, target, **headers) == by_nginx


@pytest.mark.parametrize("name", ["vault.conf", "site.conf"])
def test_no_proxy_writes_down_who_sends_what(name: str) -> None:
    assert "access_log off;" in (DOCKER / "nginx" / name).read_text()
