"""What the verifier says of honest tenders, of hostile files, and to whoever runs it.

Authentic is what holds by anchors that came from elsewhere. Whatever a bundle lacks or claims too
much is said, in both languages.

Requirement K98.
"""

import io
import json
import os
import random
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

import cryptography
import pytest

from bidding.sealed.opening import Outcome
from bidding.sealed.sealing import Sealed
from client.main import main
from oversight.verify import bundle as layout
from oversight.verify import pack
from oversight.verify.archive import ArchiveRefused, ArchiveWriter
from oversight.verify.bundle import Source, write_bundle
from oversight.verify.checking import verify_bundle
from oversight.verify.reader import open_bundle
from oversight.verify.report import Report, Verdict
from oversight.verify.sentences import NOT_PROVED, PROVED
from oversight.verify.unarchive import Archive
from procurement.proof.age import encrypt_bytes
from procurement.proof.canonical import sha256_hex
from procurement.proof.evidence import LogEvent
from procurement.texts import placeholders
from tests.oversight.story import Files, Story, whole_story
from tests.oversight.test_tampering import closed, ordered, published
from tests.vectors import samples
from tests.vectors.samples import IDENTITIES, TENDER

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def story() -> Story:
    return whole_story()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bundle.zip"


@pytest.fixture
def bundle(story: Story, path: Path) -> Path:
    return story.bundle(path)


def codes(report: Report) -> set[str]:
    return {finding.code for finding in report.findings}


def limits(report: Report) -> set[str]:
    return {said.code for said in report.not_proved}


# Honest tenders


def test_an_honest_tender_is_authentic_and_it_is_said_what_that_means(story: Story, bundle: Path):
    receipts = tuple(one.note for one in story.filed)

    report = verify_bundle(bundle, story.anchors(), receipts)

    assert report.verdict is Verdict.AUTHENTIC
    apart = {"answers", "signatures", "timestamps", *JUDGED_AGAIN, *PAPERS}
    assert [said.code for said in report.proved] == [one for one in PROVED if one not in apart]
    assert limits(report) == {
        *("own-holders", "signatures", "no-timestamps", "silent-decryption"),
    }


def test_without_anchors_it_only_agrees_with_itself(story: Story, bundle: Path):
    report = verify_bundle(bundle, None)

    assert report.verdict is Verdict.CONSISTENT_NOT_AUTHENTICATED
    assert "no-anchors" in limits(report)


def test_with_the_anchors_of_another_log_it_is_broken(story: Story, bundle: Path):
    log = samples.signer("log", "other").verifier

    report = verify_bundle(bundle, replace(story.anchors(), log=log))

    assert (report.verdict, codes(report)) == (Verdict.BROKEN, {"no-known-signature"})


def test_witnesses_of_the_operator_are_named_as_no_proof(story: Story, bundle: Path):
    anchors = story.anchors()
    own = tuple(replace(one, operator=anchors.operator) for one in anchors.witnesses)

    report = verify_bundle(bundle, replace(anchors, witnesses=own))

    assert report.verdict is Verdict.AUTHENTIC
    said = next(one for one in report.not_proved if one.code == "own-witnesses")
    assert said.said("en").startswith("4 of 4 witnesses")


def test_a_tender_cancelled_before_its_deadline_is_authentic(path: Path):
    story = published()
    ordered(story, "cancel", key=samples.AGENCY)

    report = verify_bundle(story.bundle(path), story.anchors())

    assert report.verdict is Verdict.AUTHENTIC
    assert {"concealed", "not-opened"} <= limits(report)


def test_a_suspension_that_was_lifted_leaves_it_authentic(path: Path):
    story, _ = closed()
    ordered(story, "suspend")
    ordered(story, "resume")
    story.open()

    assert verify_bundle(story.bundle(path), story.anchors()).verdict is Verdict.AUTHENTIC


def test_an_opener_who_came_and_did_not_answer_leaves_it_authentic(path: Path):
    story, _ = closed()
    story.request(1, 3, 4)
    story.try_all()
    story.disclose()
    story.release()
    story.announce()
    story.minute()

    assert verify_bundle(story.bundle(path), story.anchors()).verdict is Verdict.AUTHENTIC


def test_bids_that_cost_the_same_are_tied(path: Path):
    story = published()
    bids = [story.file("alpha", "12.00"), story.file("delta", "12.00")]
    story.close(bids)
    story.open()
    story.award(bids[0])

    assert verify_bundle(story.bundle(path), story.anchors()).verdict is Verdict.AUTHENTIC


def _garbage(sealed: Sealed) -> Sealed:
    """Seal a share that no opener can read, and say so in the manifest."""
    rubbish = tuple(
        encrypt_bytes(b"garbage", IDENTITIES[f"opener-{idx}"].recipient) for idx in range(1, 5)
    )
    digests = tuple(sha256_hex(one) for one in rubbish)
    return replace(
        sealed,
        manifest=replace(sealed.manifest, shares=digests),
        derived=replace(sealed.derived, shares=rubbish),
    )


def test_a_bid_that_was_sealed_to_fail_is_the_bidders_fault_and_authentic(path: Path):
    story = published()
    alpha = story.file("alpha")
    story.reseal = _garbage
    bad = story.file("epsilon", "1.00")
    story.close([alpha, bad])
    story.request()
    story.try_all()
    story.disclose()
    story.release()

    def said(outcome: Outcome) -> Outcome:
        if outcome.bid != bad.digest:
            return outcome
        why = "It does not decrypt for any opener"
        return replace(outcome, cause="bidder-fault", why=why, announced=None, documents=())

    story.announce(said)
    story.minute()
    story.award(alpha)

    report = verify_bundle(story.bundle(path), story.anchors())

    assert report.findings == ()
    assert "causes" in limits(report)


def test_a_changed_share_that_was_not_needed_is_said(story: Story, path: Path):
    manifest = story.opening_set()[0].sealed.manifest.digest()

    def change(files: Files) -> None:
        files[layout.sealed_path(manifest, "share-2.age")] = b"age"

    report = verify_bundle(story.bundle(path, change), story.anchors())

    assert report.verdict is Verdict.AUTHENTIC
    assert "changed" in limits(report)


def test_a_release_after_which_nothing_was_announced_is_said(path: Path):
    story, _ = closed()
    story.request()
    story.try_all()
    story.disclose()
    story.release()
    ordered(story, "cancel", key=samples.AGENCY)

    report = verify_bundle(story.bundle(path), story.anchors())

    assert report.verdict is Verdict.AUTHENTIC
    assert {"released", "not-opened"} <= limits(report)
    assert "answers" in {said.code for said in report.proved}


# Any byte


def test_any_byte_of_the_file_counts(story: Story, bundle: Path, path: Path):
    raw, chance = bundle.read_bytes(), random.Random(5)

    for place in chance.sample(range(len(raw)), 60):
        changed = bytearray(raw)
        changed[place] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)

        report = verify_bundle(path, story.anchors())

        assert report.verdict is Verdict.BROKEN, place
        assert len(report.findings) == 1


PAPERS = ("mandates", "papers-judged")  # in bundles of real files
JUDGED_AGAIN = ("judged-again", "judged-by-other-software")  # in bundles of real files
UNBOUND = ("anchors.json", "notice.pdf", "sealed/")  # said under not_proved, or tried elsewhere


def test_any_byte_counts_also_when_the_sums_are_made_again(story: Story, path: Path):
    """A liar who changes a byte of anything and lists the new digest is found by what it means.

    Of a checkpoint its text counts: four witnesses signed it, and three are enough.
    """
    names: list[str] = []
    story.bundle(path, lambda files: names.extend(files))
    bound = sorted(name for name in names if not name.startswith(UNBOUND))
    chance = random.Random(11)

    for name in chance.sample(bound, 40):

        def flip(files: Files, name: str = name) -> None:
            raw = bytearray(files[name])
            counts = raw.index(b"\n\n") if name.startswith("checkpoints/") else len(raw)
            raw[chance.randrange(counts)] ^= 1
            files[name] = bytes(raw)

        report = verify_bundle(story.bundle(path, flip), story.anchors())

        assert report.verdict is Verdict.BROKEN, name


@pytest.mark.parametrize("folder", ["events/", "objects/", "checkpoints/", "consistency/"])
def test_nothing_can_be_left_out(story: Story, path: Path, folder: str):
    """But for facts outside any chain, and what nobody names."""
    names: list[str] = []
    story.bundle(path, lambda files: names.extend(_named(files, folder)))

    for name in random.Random(3).sample(names, min(8, len(names))):

        def without(files: Files, name: str = name) -> None:
            del files[name]

        report = verify_bundle(story.bundle(path, without), story.anchors())

        assert report.verdict is Verdict.BROKEN, name


def _named(files: Files, folder: str) -> list[str]:
    found = [name for name in files if name.startswith(folder)]
    if folder == layout.EVENTS:
        return [name for name in found if b'"kind":"fact"' not in LogEvent.read(files[name]).event]
    return found


# Hostile files


def hostile_files() -> Iterator[object]:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        archive.writestr("index.json", b"{}")
    deflated = io.BytesIO()
    with zipfile.ZipFile(deflated, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.json", bytes(10 * MIB))
    ours = io.BytesIO()
    writer = ArchiveWriter(ours)
    writer.add("index.json", [b'{"type":"a","type":"b"}'])
    writer.finish()
    yield pytest.param(b"", "not-an-archive", id="nothing")
    yield pytest.param(b"PK" * 500, "not-an-archive", id="no archive")
    yield pytest.param(stored.getvalue(), "not-as-written", id="another program's archive")
    yield pytest.param(deflated.getvalue(), "not-as-written", id="a bomb")
    yield pytest.param(ours.getvalue(), "duplicate-key", id="duplicate JSON keys")
    yield pytest.param(ours.getvalue() + b"\0", "not-an-archive", id="a byte behind")
    yield pytest.param(b"\0" + ours.getvalue(), "not-as-written", id="a byte before")
    yield pytest.param(ours.getvalue() * 2, "trailing-bytes", id="two directories")
    yield pytest.param(ours.getvalue()[:-30], "not-an-archive", id="cut off")


@pytest.mark.parametrize(("raw", "code"), [*hostile_files()])
def test_hostile_bytes_get_a_verdict(path: Path, raw: bytes, code: str):
    path.write_bytes(raw)

    report = verify_bundle(path, None)

    assert (report.verdict, codes(report)) == (Verdict.BROKEN, {code})


@pytest.mark.parametrize("name", ["../up", "/root", "a/../b", "a\\b", "C:x", "Ä", "a//b", ""])
def test_no_path_leads_outside(name: str):
    with pytest.raises(ArchiveRefused):
        ArchiveWriter(io.BytesIO()).add(name, [b""])


def test_two_files_that_some_machines_take_for_one_are_refused():
    out = io.BytesIO()
    writer = ArchiveWriter(out)
    writer.add("a", [b"1"])
    writer.add("A", [b"2"])
    writer.finish()

    with pytest.raises(ArchiveRefused, match="same-path"):
        Archive(out)


def test_random_damage_never_raises(bundle: Path, path: Path):
    raw, chance = bundle.read_bytes(), random.Random(23)

    for _ in range(40):
        damaged = bytearray(raw)
        begin = chance.randrange(len(raw))
        damaged[begin : begin + chance.randrange(200)] = chance.randbytes(chance.randrange(200))
        path.write_bytes(damaged)

        assert verify_bundle(path, None).verdict in (
            Verdict.BROKEN,
            Verdict.CONSISTENT_NOT_AUTHENTICATED,
        )


def test_any_other_program_unpacks_it(story: Story, bundle: Path, tmp_path: Path):
    with zipfile.ZipFile(bundle) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "out")

    checked = subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path / "out", check=False
    )

    assert checked.returncode == 0


def test_memory_stays_flat_whatever_the_payload(path: Path):
    chunk = bytes(MIB)
    large = Source("sealed/large/payload.age", 96 * MIB, lambda: (chunk for _ in range(96)))

    tracemalloc.start()
    with path.open("wb") as out:
        write_bundle(
            out, [large], tender=TENDER, log_origin="x", made_at=samples.CLOSES_AT, checkpoint=0
        )
    with open_bundle(path) as bundle, bundle.copied(large.path, path.parent) as copied:
        assert copied.stat().st_size == 96 * MIB
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 8 * MIB


# To whoever runs it


def run(*arguments: object) -> tuple[int, str]:
    out = io.StringIO()
    with redirect_stdout(out):
        code = main([*map(str, arguments)])
    return code, out.getvalue()


@pytest.fixture
def anchors(story: Story, tmp_path: Path) -> Path:
    file = tmp_path / "anchors.json"
    file.write_bytes(story.anchors().canonical())
    return file


def test_the_command_says_by_its_exit_code_what_a_bundle_is_worth(
    story: Story, bundle: Path, anchors: Path, tmp_path: Path
):
    receipt, forged = tmp_path / "receipt.note", tmp_path / "forged.note"
    receipt.write_bytes(story.filed[0].note)
    forged.write_bytes(b"a receipt")

    assert run("verify", bundle, "--anchors", anchors, "--receipt", receipt)[0] == 0
    assert run("verify", bundle)[0] == 3
    assert run("verify", bundle, "--anchors", anchors, "--receipt", forged)[0] == 1
    assert run("verify", tmp_path / "none.zip", "--anchors", anchors)[0] == 2
    assert run("verify", bundle, "--anchors", bundle)[0] == 2


def test_its_json_has_the_shape_that_others_build_on(bundle: Path, anchors: Path):
    raw = bytearray(bundle.read_bytes())
    raw[40] ^= 1
    bundle.write_bytes(raw)

    code, out = run("verify", "--json", bundle, "--anchors", anchors)

    said = json.loads(out)
    assert code == 1
    assert set(said) == {"verdict", "proved", "not_proved", "findings", "remarks"}
    assert said["verdict"] == "BROKEN"
    assert set(said["findings"][0]) == {"code", "where", "expected", "found"}
    assert set(said["not_proved"][0]["text"]) == {"en", "zh"}


def test_people_read_it_in_their_language(bundle: Path, anchors: Path):
    _, english = run("verify", bundle, "--anchors", anchors, "--lang", "en")
    _, chinese = run("verify", bundle, "--anchors", anchors, "--lang", "zh")

    assert english.splitlines()[:2] == ["AUTHENTIC", "Proved:"]
    assert chinese.splitlines()[1] == "已证明："


@pytest.mark.parametrize("sentences", [PROVED, NOT_PROVED], ids=["proved", "not proved"])
def test_both_languages_tell_the_same_facts(sentences: dict):
    for said in sentences.values():
        assert placeholders(said.en) == placeholders(said.zh)


# One file


def test_the_one_file_is_the_same_bytes_each_time(tmp_path: Path):
    one, other = tmp_path / "one.pyz", tmp_path / "other.pyz"

    pack.pack(one)
    pack.pack(other)

    assert one.read_bytes() == other.read_bytes()


def test_the_one_file_holds_pure_modules_only(tmp_path: Path):
    modules = pack.pack(tmp_path / "verify.pyz")

    assert "bidding.sealed.combining" in modules
    assert not [name for name in modules if "models" in name or name.startswith("client")]


def test_the_one_file_needs_python_and_cryptography_and_nothing_else(
    bundle: Path, anchors: Path, tmp_path: Path
):
    """It runs where no site-packages are but cryptography's, and none of this house's sources."""
    pyz, packages = tmp_path / "verify.pyz", tmp_path / "packages"
    pack.pack(pyz)
    packages.mkdir()
    installed = Path(cryptography.__file__).parents[1]
    for name in ("cryptography", "cffi", "_cffi_backend*.so", "pycparser"):
        for found in installed.glob(name):
            (packages / found.name).symlink_to(found)
    code = (
        "import runpy, sys; sys.path.append(sys.argv.pop(1)); sys.argv = sys.argv[1:];"
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, packages, pyz, bundle, "--anchors", anchors],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("AUTHENTIC")
