"""While a file is judged nobody looks for garbage; afterwards it is as it was before."""

import gc
from collections.abc import Iterator

import pytest

from signatures.pdf.garbage import left_alone


@pytest.fixture(params=[True, False], ids=["looked for before", "not looked for before"])
def looked_for(request: pytest.FixtureRequest) -> Iterator[bool]:
    was = gc.isenabled()
    (gc.enable if request.param else gc.disable)()
    yield request.param
    (gc.enable if was else gc.disable)()


def test_nobody_looks_for_garbage_in_the_block_and_then_whoever_did(looked_for: bool) -> None:
    with left_alone():
        assert not gc.isenabled()

    assert gc.isenabled() == looked_for


def test_nor_is_it_forgotten_where_the_block_fails(looked_for: bool) -> None:
    with pytest.raises(ValueError, match="no file"), left_alone():
        raise ValueError("no file")

    assert gc.isenabled() == looked_for
