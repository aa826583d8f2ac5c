"""The web server is killed midway; the supplier's command goes on, and there is one receipt."""

import json
import threading
from pathlib import Path

import pytest

from tests.client.liar import lying
from tests.client.stage import Stage

PART = 8 * 1024 * 1024  # bytes


def restarted(stage: Stage) -> threading.Thread:
    """Kill the web server now, and have it started again meanwhile."""
    stage.site.kill()
    thread = threading.Thread(target=stage.site.start)
    thread.start()
    return thread


def submitted_through(stage: Stage, place: int, sealed: Path, kill_at: str) -> dict[str, object]:
    """Submit while the server is killed, once: after it did what was asked, before it said so."""
    supplier, starting = stage.supplier(place), []
    profile = json.loads((supplier.folder / "profiles" / "default.json").read_text())

    def alter(path: str, body: bytes) -> bytes:
        if path.endswith(kill_at) and not starting:
            starting.append(restarted(stage))
            raise ConnectionAbortedError
        return body

    with lying(stage.site.address, alter) as address:
        through = supplier.folder / "profiles" / "through.json"
        through.touch(mode=0o600)
        through.write_text(json.dumps({**profile, "server": address}))
        told = supplier.done(*stage.submitting(place, sealed), "--profile", "through")
    starting[0].join()
    return told


@pytest.mark.parametrize(
    "kill_at",
    [
        pytest.param("/parts/payload-00001", id="in the middle of the upload"),
        pytest.param("/submission", id="between the filing and the receipt"),
    ],
)
def test_one_command_gets_through_a_server_that_is_killed(published: Stage, kill_at: str) -> None:
    supplier = published.supplier(1)
    document = supplier.folder / "technical.pdf"
    document.write_bytes(b"%PDF-1.7\n% " + bytes(2 * PART))
    sealed = published.seal(1, "10.00", name=f"killed{len(kill_at)}")

    told = submitted_through(published, 1, sealed, kill_at)

    bids = supplier.done("status", published.tender)["bids"]
    assert told["proved"]
    assert [bid["receipt"]["number"] for bid in bids if bid["state"] == "filed"] == [told["number"]]
