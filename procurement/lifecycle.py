"""Lifecycles: edges with types, and the tables that docs, triggers and tests read from the code.

An edge names a move and stamps instants, nothing else. Rules stand in actions. The docstring of
an edge is its legal meaning.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from inspect import cleandoc
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.apps import apps
from django.db import models
from django_fsm import FSMField, TransitionNotAllowed, transition

from procurement.refusals import WrongState
from procurement.texts import Text

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Edge:
    """One move: from a state to another, by a method whose docstring says what it means."""

    name: str
    source: str
    target: str
    meaning: str


class StateField(FSMField):
    """A state that only an edge moves. To the database, and in migrations, it is a text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"protected": True}))

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Describe the column alone: what moves it is no matter of a migration."""
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("protected")
        return name, "django.db.models.CharField", args, kwargs


def edge(
    field: Any, *, source: str | Sequence[str], target: str, action: Text | None = None
) -> Callable[[Callable[Concatenate[M, P], R]], Callable[Concatenate[M, P], R]]:
    """Mark a method as a move between states, keeping its type.

    ``action`` is the move in a reader's words. From any other state the method raises
    ``WrongState``, in our own sentence.
    """
    sources = [source] if isinstance(source, str) else list(source)

    def decorate(method: Callable[Concatenate[M, P], R]) -> Callable[Concatenate[M, P], R]:
        words = action or Text(method.__name__.replace("_", " "), method.__name__)
        moved = transition(field=field, source=sources, target=target)(method)

        @wraps(moved)
        def move(self: M, /, *args: P.args, **kwargs: P.kwargs) -> R:
            try:
                result: R = moved(self, *args, **kwargs)
            except TransitionNotAllowed:
                state = str(getattr(self, moved._django_fsm.field.name))
                raise WrongState(action=words, state=state) from None
            return result

        return move

    return decorate


def state_fields(model: type[models.Model]) -> list[StateField]:
    """Find the fields of a model whose value only moves along edges."""
    return [field for field in model._meta.local_fields if isinstance(field, StateField)]


def transitions_of(model: type[models.Model]) -> list[Edge]:
    """List a model's edges, sorted by source, target and name."""
    return sorted(
        (found for field in state_fields(model) for found in edges_of(model, field)),
        key=lambda found: (found.source, found.target, found.name),
    )


def edges_of(model: type[models.Model], field: StateField) -> Iterator[Edge]:
    """Give the edges of one field."""
    for found in field.get_all_transitions(model):
        method = getattr(model, found.name)
        yield Edge(found.name, str(found.source), str(found.target), cleandoc(method.__doc__ or ""))


def initial_state(field: StateField) -> str:
    """Give the only state in which a row may begin."""
    return str(field.get_default())


def models_with_states() -> list[type[models.Model]]:
    """List every model in the house that has a lifecycle, by label."""
    return sorted(
        (model for model in apps.get_models() if state_fields(model)),
        key=lambda model: model._meta.label,
    )


def lifecycle_page() -> dict[str, str]:
    """Write ``docs/lifecycle.md``: a diagram and a table for every lifecycle."""
    lines = [
        "# Lifecycles",
        "",
        "Written from the models by `manage.py docs`. Do not edit by hand.",
        "The database refuses every move that is not in these tables.",
    ]
    for model in models_with_states():
        for field in state_fields(model):
            lines += _section(model, field)
    return {"docs/lifecycle.md": "\n".join(lines) + "\n"}


def _section(model: type[models.Model], field: StateField) -> list[str]:
    edges = sorted(edges_of(model, field), key=lambda found: (found.source, found.target))
    diagram = [f"    [*] --> {_node(initial_state(field))}"]
    diagram += [f"    {_node(e.source)} --> {_node(e.target)}: {e.name}" for e in edges]
    rows = [f"| {e.source} | {e.name} | {e.target} | {_one_line(e.meaning)} |" for e in edges]
    return [
        "",
        f"## {model._meta.label}.{field.name}",
        "",
        "```mermaid",
        "stateDiagram-v2",
        *diagram,
        "```",
        "",
        "| from | move | to | what it means |",
        "|---|---|---|---|",
        *rows,
    ]


def _node(state: str) -> str:
    return state.replace("-", "_").replace(" ", "_")


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
