"""Changes that are made and not tried, in classes, each with the reason why they break nothing. Pure."""

import ast
from collections.abc import Sequence

CLASSES = {
    "wording": "which words tell of trouble on standard error: whether anything is told, and what is done, is tried",
    "guard": "`if __name__ == ...`: it makes the program one that serves nobody, which any scenario sees",
    "order": "the order of what `min`, `max` and `suppress` are given, which changes nothing that they do",
}
"""Docstrings and annotations are not even changed."""
TELLERS = {"say", "sys.exit", "ValueError"}
IN_ANY_ORDER = {"min", "max", "contextlib.suppress"}


def class_of(operator: str, before: ast.AST, above: Sequence[ast.AST]) -> str:
    """The class that a change is of; empty if it is of none, and is tried."""
    if operator == "string" and any(isinstance(node, ast.Call) and _name(node) in TELLERS for node in above):
        return "wording"
    if any(isinstance(node, ast.Compare) and ast.unparse(node.left) == "__name__" for node in (before, *above)):
        return "guard"
    return "order" if operator == "arguments swapped" and _name(before) in IN_ANY_ORDER else ""


def _name(node: ast.AST) -> str:
    """What is called; empty if the node is no call."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""
