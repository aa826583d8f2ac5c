"""The committed vectors are what the code writes: a format does not change by accident."""

import pytest

from tests.vectors import make_vectors


@pytest.mark.parametrize("name", make_vectors.FILES)
def test_the_committed_vectors_are_current(name: str) -> None:
    committed = (make_vectors.HERE / name).read_text(encoding="utf-8")

    assert committed == make_vectors.rendered(name)
