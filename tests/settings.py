"""The settings under test: the product's own, on this run's own servers."""

from tests import servers

servers.prepare_environment()

from procurement.settings import *  # noqa: E402, F403  # reads the environment made above
