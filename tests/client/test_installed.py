"""The command runs where there is no Django: with what its extra declares, and nothing else.

A fresh virtual environment gets the packages that ``pyproject.toml`` names and, from here, the
distributions that the base or the extra ``client`` asks for, with all that these ask for in turn.
"""

import json
import os
import shutil
import subprocess
import tomllib
import venv
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.client.tender import make_tender
from tests.oversight.story import whole_story

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
SERVER_ONLY = ("django", "rest_framework", "psycopg", "knox", "allauth", "minio", "typst")


class Installed:
    """A virtual environment with the base installation, or with an extra."""

    def __init__(self, home: Path, *, extra: str = "") -> None:
        self.home = home
        venv.create(home, with_pip=False, symlinks=True)
        self.packages = next(home.glob("lib/python3*/site-packages"))
        known: set[str] = set()
        for requirement in _asked_for(PROJECT["project"], extra):
            _link_distribution(requirement, self.packages, known)
        for package in _packages():
            _copy_package(ROOT / package, self.packages / package)
        name, version = PROJECT["project"]["name"], PROJECT["project"]["version"]
        record = self.packages / f"{name.replace('-', '_')}-{version}.dist-info"
        record.mkdir()
        (record / "METADATA").write_text(
            f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n"
        )

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run ``daylight`` as its entry point does, far from the sources."""
        module, function = PROJECT["project"]["scripts"]["daylight"].split(":")
        return self.python(
            f"import sys; from {module} import {function}; sys.exit({function}())", *arguments
        )

    def python(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run a line of Python there."""
        clean = {name: value for name, value in os.environ.items() if "PYTHON" not in name}
        return subprocess.run(
            [self.home / "bin" / "python", "-c", program, *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=self.home,
            env=clean | {"LANG": "en_GB.UTF-8"},
            check=False,
        )


def _packages() -> list[Path]:
    patterns = PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    tops = {top for pattern in patterns for top in ROOT.glob(pattern) if top.is_dir()}
    return sorted(
        found.parent.relative_to(ROOT) for top in tops for found in top.rglob("__init__.py")
    )


def _asked_for(project: dict[str, object], extra: str) -> list[Requirement]:
    wanted = [*project["dependencies"]]  # type: ignore[misc]
    if extra:
        wanted += project["optional-dependencies"][extra]  # type: ignore[index]
    return [Requirement(one) for one in wanted]


def _link_distribution(requirement: Requirement, target: Path, known: set[str]) -> None:
    """Bring in a distribution and, one after the other, those that it asks for here."""
    if str(requirement) in known:
        return
    known.add(str(requirement))
    found = distribution(requirement.name)
    _link_files(found, target)
    extras = ("", *requirement.extras)
    for inner in map(Requirement, found.requires or []):
        if inner.marker is None or any(inner.marker.evaluate({"extra": one}) for one in extras):
            _link_distribution(inner, target, known)


def _link_files(found: Distribution, target: Path) -> None:
    for file in found.files or []:
        source, link = Path(str(found.locate_file(file))), target / file
        if ".." not in file.parts and source.is_file() and not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(source)


def _copy_package(source: Path, target: Path) -> None:
    patterns = ("*.py", *PROJECT["tool"]["setuptools"]["package-data"]["*"])
    target.mkdir(parents=True, exist_ok=True)
    for pattern in patterns:
        for file in source.glob(pattern):
            shutil.copy(file, target / file.name)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The base installation: cryptography, and what it asks for."""
    return Installed(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The installation with the extra ``client``."""
    return Installed(tmp_path_factory.mktemp("client"), extra="client")


@pytest.mark.parametrize("module", SERVER_ONLY)
def test_nothing_of_the_server_comes_along(client: Installed, module: str) -> None:
    assert client.python(f"import {module}").returncode == 1


def test_every_command_says_what_it_takes(client: Installed) -> None:
    ran = client.run("--help")

    assert ran.returncode == 0, ran.stderr
    assert {"login", "fetch", "seal", "submit", "open", "timekeeper"} <= set(ran.stdout.split())


def test_an_envelope_is_sealed_and_opened_on_the_base_alone(
    base: Installed, tmp_path: Path
) -> None:
    tender = make_tender(tmp_path)
    entered, document = tmp_path / "north.json", tmp_path / "north.pdf"
    entered.write_text(
        json.dumps(
            {
                "answers": {"delivery-days": "14"},
                "prices": {"chairs": {"unit_price": "12.50", "tax_rate": "0.13"}},
            }
        )
    )
    document.write_bytes(b"%PDF-1.7\n" + b"north" * 5000)

    sealing = base.run(*tender.sealing("north", entered, document))
    tender.ask(tmp_path / "north")
    shares = [
        base.run(*tender.taking_share(i, tmp_path / "north"), "--out", tmp_path / f"{i}.note")
        for i in (1, 2)
    ]
    release = tender.take_pads(tmp_path / "north")
    opening = base.run(
        *("open", "combine", tmp_path / "north", "--keyset", tender.keyset),
        *("--disclosure", tmp_path / "1.note", "--disclosure", tmp_path / "2.note"),
        *("--release", release, "--out", tmp_path / "opened", "--json"),
    )

    assert sealing.returncode == 0, sealing.stderr
    assert [one.returncode for one in shares] == [0, 0]
    assert json.loads(opening.stdout)["bids"][0]["total"] == "141.25"


def test_an_evidence_bundle_is_verified_on_the_base_alone(base: Installed, tmp_path: Path) -> None:
    story, anchors = whole_story(), tmp_path / "anchors.json"
    bundle = story.bundle(tmp_path / "bundle.zip")
    anchors.write_bytes(story.anchors().canonical())

    authentic = base.run("verify", bundle, "--anchors", anchors, "--json")
    consistent = base.run("verify", bundle, "--json")

    assert (authentic.returncode, consistent.returncode) == (0, 3), authentic.stdout
    assert json.loads(authentic.stdout)["verdict"] == "AUTHENTIC"


def test_what_needs_the_extra_says_so_on_the_base(base: Installed, tmp_path: Path) -> None:
    asked = base.run("anchors", "--server", "https://tender.example", "--out", tmp_path / "a")
    signing = base.run("check", tmp_path / "a.pdf", "--anchors", tmp_path)

    assert (asked.returncode, signing.returncode) == (1, 1)
    assert "daylight-procurement[client]" in asked.stderr
    assert "daylight-procurement[client]" in signing.stderr


def test_the_extra_judges_signatures(client: Installed, tmp_path: Path) -> None:
    (tmp_path / "none.pdf").write_bytes(b"%PDF-1.7\n")
    for name in ("signers", "tsa", "revocation"):
        (tmp_path / "anchors" / name).mkdir(parents=True)

    ran = client.run("check", tmp_path / "none.pdf", "--anchors", tmp_path / "anchors", "--json")

    assert ran.returncode == 1
    assert json.loads(ran.stdout)["verdict"] == "INVALID"
