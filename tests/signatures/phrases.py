"""Everything that the judge's code can say about a file, gathered from the code itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAMPLE = "7"  # what stands in a hole: a number, and a name as well
BY_PLACE = ("Exhausted", "NotDrawn", "_Unsupported")  # calls whose first argument is a phrase


def phrases_in(path: Path) -> set[str]:
    """Gather what a module may put into a fact: sentences anywhere, and words named as ``what``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    aside = {id(node) for one in ast.walk(tree) for node in _not_said(one)}
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) not in aside and (said := _said(node)) and _is_sentence(said):
            found.add(said)
        found |= {word for word in _named(node) if word}
    return {one + SAMPLE if one.endswith(": ") else one.rstrip(", ") for one in found}


def _said(node: ast.AST) -> str:
    """Give a text as it would be said, with a sample in every hole."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    parts = [one.value if isinstance(one, ast.Constant) else None for one in node.values]
    follows = [*parts[1:], ""]
    glued = [str(after or " ")[0].isalpha() for after in follows]
    return "".join(
        str(part) if part is not None else ("" if stuck else SAMPLE)
        for part, stuck in zip(parts, glued, strict=True)
    )


def _is_sentence(said: str) -> bool:
    words = said.strip().split(" ")
    return len(words) > 1 and any(word.isalpha() and word.islower() for word in words)


def _not_said(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is never put into a fact: docstrings, and the pieces of a longer text."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    if isinstance(node, documented) and ast.get_docstring(node):
        first = node.body[0]
        assert isinstance(first, ast.Expr)
        yield first.value
    if isinstance(node, ast.JoinedStr):
        for one in node.values:
            yield from ast.walk(one)


def _named(node: ast.AST) -> Iterator[str]:
    """Yield what stands as ``what=``, in single words too."""
    if isinstance(node, ast.keyword) and node.arg == "what":
        yield from map(_said, _choices(node.value))
    if isinstance(node, ast.Call) and ast.unparse(node.func) in (
        "Exhausted",
        "NotDrawn",
        "_Unsupported",
    ):
        yield from map(_said, _choices(node.args[0]))
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "Meter":
        yield from (one.arg or "" for one in node.keywords)


def _choices(value: ast.AST) -> list[ast.AST]:
    return [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
