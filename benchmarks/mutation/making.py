"""Mutants of a Python program, each with one small change, made over its syntax tree. Pure.

They come in the order of the source, and each has an id that stays the same as long as its function and its line do.
What cannot be compiled, what compiles to the same code as the program and what another mutant is already are left out.
"""

import ast
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from mutation.essence import essence
from mutation.left_out import class_of

WIDE = 70
"""Characters of an expression that a change is told by: the smallest alone says little."""
OPPOSITES: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
TWINS = {"min": "max", "max": "min", "any": "all", "all": "any"}
UNCHANGED_FIELDS = {"annotation", "returns", "format_spec"}


@dataclass(frozen=True)
class Mutant:
    """A program with one change.

    Attributes:
        operator: The kind of change.
        where: The function, or the class, in which it is.
        line: The number of its line.
        text: That line, without indent.
        change: What it was, and what it is now.
        source: The whole program.
        left_out: The class in `left_out.py` that it is of; it is not tried then.
    """

    operator: str
    where: str
    line: int
    text: str
    change: str
    source: str
    left_out: str = ""

    @property
    def id(self) -> str:
        """What it is called, wherever its line stands."""
        return hashlib.sha256(f"{self.where}\n{self.text}\n{self.change}".encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Place:
    """A node of the tree, and where it hangs."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    above: tuple[ast.AST, ...]
    where: str

    def put(self, node: ast.AST) -> None:
        """Hang another node here."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def mutants(source: str) -> list[Mutant]:
    """All mutants of a program."""
    tree, lines = ast.parse(source), source.splitlines()
    seen, told = {essence(ast.unparse(tree))}, Counter[str]()
    found = []
    for place in _places(tree, (), "module"):
        for operator, node in _changes(place):
            mutant = _made(tree, place, operator, node, lines)
            compiled = essence(mutant.source)
            if compiled is None or compiled in seen:
                continue
            seen.add(compiled)
            told[mutant.id] += 1
            nth = f" ({told[mutant.id]})" if told[mutant.id] > 1 else ""
            found.append(replace(mutant, change=mutant.change + nth))
    return found


def _made(tree: ast.Module, place: Place, operator: str, node: ast.AST, lines: list[str]) -> Mutant:
    """The mutant with this node at this place; the tree is afterwards as it was."""
    shown = _shown(place)
    before = ast.unparse(shown) if shown is not place.node else _headline(place.node)
    place.put(node)
    after = ast.unparse(shown) if shown is not place.node else _headline(node)
    whole = ast.unparse(ast.fix_missing_locations(tree))
    place.put(place.node)
    number = _line(place)
    left_out = class_of(operator, place.node, place.above)
    text = lines[number - 1].strip()
    return Mutant(operator, place.where, number, text, f"{before} -> {after}", f"{whole}\n", left_out)


def _shown(place: Place) -> ast.AST:
    """The widest expression around a place that is short enough to be shown; else the node itself."""
    shown = place.node
    for node in reversed(place.above):
        if not isinstance(node, ast.expr | ast.keyword) or len(ast.unparse(node)) > WIDE:
            break
        shown = node
    return shown


def _headline(node: ast.AST) -> str:
    """A statement by its first line, and what stands within an expression whole."""
    first, *others = ast.unparse(node).split("\n")
    return f"{first} ..." if others else first


def _line(place: Place) -> int:
    return next(int(node.lineno) for node in (place.node, *reversed(place.above)) if hasattr(node, "lineno"))


# Where there is something to change


def _places(node: ast.AST, above: tuple[ast.AST, ...], where: str) -> Iterator[Place]:
    """Every node below this one, in the order of the source, but for docstrings and annotations."""
    for field, value in ast.iter_fields(node):
        if field in UNCHANGED_FIELDS:
            continue
        for index, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(child, ast.AST) and not _is_docstring(child, index):
                yield Place(child, node, field, index, (*above, node), where)
                if not isinstance(child, ast.JoinedStr):
                    yield from _places(child, (*above, node), _within(child, where))


def _is_docstring(node: ast.AST, index: int | None) -> bool:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text and index is not None


def _within(node: ast.AST, where: str) -> str:
    if not isinstance(node, ast.ClassDef | ast.FunctionDef):
        return where
    return node.name if where == "module" else f"{where}.{node.name}"


# What is changed


def _changes(place: Place) -> Iterator[tuple[str, ast.AST]]:
    """Every change of one node: its kind, and what takes the node's place."""
    match place.node:
        case ast.stmt():
            yield from _of_statement(place.node, is_in_function=place.where != "module")
        case ast.ExceptHandler(type=ast.expr() as type_):
            yield from _of_caught(place.node, type_)
        case ast.expr():
            yield from _of_expression(place.node)
            if place.field == "test" and not isinstance(place.node, ast.Compare):
                yield "condition negated", ast.UnaryOp(ast.Not(), place.node)


def _of_statement(node: ast.stmt, *, is_in_function: bool) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Expr() | ast.Raise() | ast.Assign() | ast.AugAssign() | ast.AnnAssign() if is_in_function:
            yield "statement deleted", ast.Pass()
        case ast.Return() if node.value:
            yield "nothing returned", ast.Return(ast.Constant(None))
        case ast.Return():
            yield "statement deleted", ast.Pass()
        case ast.Break() | ast.Continue():
            yield "break and continue", ast.Continue() if isinstance(node, ast.Break) else ast.Break()
        case ast.Try():
            yield from _of_try(node)
        case ast.With():
            yield from _of_with(node)
        case ast.FunctionDef() | ast.ClassDef():
            for index in range(len(node.decorator_list)):
                yield "decorator removed", _like(node, decorator_list=_without(node.decorator_list, index))
    if isinstance(node, ast.AugAssign) and type(node.op) in ARITHMETIC:
        yield "arithmetic", _like(node, op=ARITHMETIC[type(node.op)]())


def _of_try(node: ast.Try) -> Iterator[tuple[str, ast.AST]]:
    """Each `except` removed."""
    for index in range(len(node.handlers)):
        handlers = _without(node.handlers, index)
        rest = _like(node, handlers=handlers) if handlers or node.finalbody else _block([*node.body, *node.orelse])
        yield "except removed", rest


def _of_with(node: ast.With) -> Iterator[tuple[str, ast.AST]]:
    """Each manager that nobody names removed."""
    for index, item in enumerate(node.items):
        if item.optional_vars is None:
            items = _without(node.items, index)
            yield "with removed", _like(node, items=items) if items else _block(node.body)


def _of_caught(node: ast.ExceptHandler, type_: ast.expr) -> Iterator[tuple[str, ast.AST]]:
    """What is caught, wider, and each kind of several left out."""
    if ast.unparse(type_) not in ("Exception", "BaseException"):
        yield "except widened", _like(node, type=ast.Name("Exception"))
    if isinstance(type_, ast.Tuple):
        for index in range(len(type_.elts)):
            yield "except narrowed", _like(node, type=ast.Tuple(_without(type_.elts, index), ast.Load()))


def _of_expression(node: ast.expr) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Compare():
            for index, op in enumerate(node.ops):
                for other in OPPOSITES[type(op)]:
                    yield "comparison", _like(node, ops=[*node.ops[:index], other(), *node.ops[index + 1 :]])
        case ast.BinOp() if type(node.op) in ARITHMETIC:
            yield "arithmetic", _like(node, op=ARITHMETIC[type(node.op)]())
        case ast.BoolOp():
            yield "and, or", _like(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield "not and minus removed", node.operand
        case ast.Constant():
            yield from _of_constant(node.value)
        case ast.JoinedStr():
            yield "string", ast.Constant("")
        case ast.Call():
            yield from _of_call(node)


def _of_constant(value: object) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(value, bool):
        yield "true and false", ast.Constant(not value)
    elif isinstance(value, int | float):
        for other in dict.fromkeys((value + 1, value - 1, type(value)(0))):
            yield "number", ast.Constant(other)
    elif isinstance(value, str):
        yield "string", ast.Constant("" if value else "mutant")
    elif isinstance(value, bytes):
        yield "string", ast.Constant(b"" if value else b"mutant")


def _of_call(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    """Arguments swapped, keywords left out, what `suppress` suppresses changed, `min` for `max`."""
    for index in range(len(node.keywords)):
        yield "keyword removed", _like(node, keywords=_without(node.keywords, index))
    for index in range(len(node.args) - 1):
        first, second = node.args[index : index + 2]
        yield "arguments swapped", _like(node, args=[*node.args[:index], second, first, *node.args[index + 2 :]])
    if isinstance(node.func, ast.Name) and node.func.id in TWINS:
        yield "min and max", _like(node, func=ast.Name(TWINS[node.func.id]))
    if ast.unparse(node.func) == "contextlib.suppress":
        yield "except widened", _like(node, args=[ast.Name("Exception")])
        for index in range(len(node.args) if len(node.args) > 1 else 0):
            yield "except narrowed", _like(node, args=_without(node.args, index))


def _without(items: list[Any], index: int) -> list[Any]:
    return [*items[:index], *items[index + 1 :]]


def _block(body: Iterable[ast.stmt]) -> ast.If:
    """Statements where one statement stood; the compiler leaves the condition out."""
    return ast.If(ast.Constant(value=True), list(body), [])


def _like(node: ast.AST, **changed: object) -> Any:
    """The node with other fields."""
    return type(node)(**{**dict(ast.iter_fields(node)), **changed, "lineno": getattr(node, "lineno", 1)})
