"""What a text in Python 3 says of its program's manners, read from its syntax tree: nothing of it is run."""

import ast
from collections.abc import Iterator

from lab.survey.facts import Fact, Sort, kind_of

LISTENS = ("listen", "create_server", "start_server", "TCPServer", "ThreadingTCPServer", "ForkingTCPServer")
DIALS = ("connect", "connect_ex", "create_connection", "open_connection")
WRITES = set("wax")


def python_facts(tree: ast.Module) -> Iterator[Fact]:
    """Everything that is told, in the order of the text's parts."""
    yield from _Reader(tree).facts()


class _Reader:
    def __init__(self, tree: ast.Module) -> None:
        self._nodes = list(ast.walk(tree))
        self._parents = {child: node for node in self._nodes for child in ast.iter_child_nodes(node)}
        self._values = dict(self._constants())
        self._argv = dict(self._aliases())

    def _constants(self) -> Iterator[tuple[str, ast.expr]]:
        """Names that are given a number or a text once and for all."""
        for node in self._nodes:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                for target in node.targets:
                    if isinstance(target, ast.Name | ast.Attribute):
                        yield _name(target), node.value

    def _aliases(self) -> Iterator[tuple[str, int]]:
        """Names for the command line, with what is to be added to their positions."""
        yield "argv", 0
        for node in self._nodes:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                begin = _rest_of_argv(node.value)
                if begin is not None:
                    yield node.targets[0].id, begin
            elif isinstance(node, ast.Call):
                yield from self._handed_on(node)

    def _handed_on(self, call: ast.Call) -> Iterator[tuple[str, int]]:
        """The parameter that a function, or a class, of this text gets the command line as."""
        for place, given in enumerate(call.args):
            begin = _rest_of_argv(given)
            names = self._parameters(_name(call.func)) if begin is not None else []
            if begin is not None and place < len(names):
                yield names[place], begin

    def _parameters(self, name: str) -> list[str]:
        for node in self._nodes:
            if isinstance(node, ast.ClassDef) and node.name == name:
                inits = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
                return [one.arg for init in inits for one in init.args.args[1:]]
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
                return [one.arg for one in node.args.args]
        return []

    def facts(self) -> Iterator[Fact]:
        """All of them."""
        declared = 0
        for node in self._nodes:
            if isinstance(node, ast.Call):
                yield from self._call(node)
                if _name(node.func) == "add_argument" and _is_positional(node):
                    declared += 1
                    label = str(node.args[0].value) if isinstance(node.args[0], ast.Constant) else ""
                    yield Fact("argument", label, node.lineno, declared, kind_of(label))
            elif isinstance(node, ast.Constant):
                yield from self._constant(node)
            elif isinstance(node, ast.Subscript):
                yield from self._subscript(node)
            elif isinstance(node, ast.Import):
                yield from (Fact("imports", alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield Fact("imports", node.module, node.lineno)
            elif isinstance(node, ast.Name | ast.Attribute) and _name(node) == "SOCK_DGRAM":
                yield Fact("udp", "", node.lineno)

    def _constant(self, node: ast.Constant) -> Iterator[Fact]:
        if isinstance(node.value, bytes):
            yield Fact("text", node.value.decode("utf-8", "replace"), node.lineno)
        elif isinstance(node.value, str) and not isinstance(self._parents.get(node), ast.Expr):
            yield Fact("text", node.value, node.lineno)

    def _call(self, node: ast.Call) -> Iterator[Fact]:
        name = _name(node.func)
        if name in LISTENS:
            yield Fact("listen", "", node.lineno)
        if name in DIALS:
            yield Fact("dial", "", node.lineno)
        if name in ("bind", *LISTENS[1:]):
            yield from self._port("own port", node)
        if name in DIALS:
            yield from self._port("dialled port", node)
        if name == "open" and node.args:
            yield from self._opened(node)
        if name in ("ljust", "recv_exactly", "readexactly") and node.args:
            yield from self._size(node)
        yield from self._spread(node)

    def _port(self, sort: Sort, call: ast.Call) -> Iterator[Fact]:
        """The port of an address that is written out, `("", 50007)`."""
        for given in call.args[:2]:
            port = self._resolved(given.elts[1]) if isinstance(given, ast.Tuple) and len(given.elts) > 1 else None
            if isinstance(port, int) and port > 0:
                yield Fact(sort, str(port), call.lineno)

    def _resolved(self, node: ast.expr) -> object:
        if isinstance(node, ast.Name | ast.Attribute):
            node = self._values.get(_name(node), node)
        return node.value if isinstance(node, ast.Constant) else None

    def _opened(self, call: ast.Call) -> Iterator[Fact]:
        file = self._resolved(call.args[0])
        modes = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "mode")]
        mode = str(self._resolved(modes[0])) if modes else "r"
        if isinstance(file, str):
            yield Fact("writes" if WRITES & set(mode) else "reads", file, call.lineno)

    def _size(self, call: ast.Call) -> Iterator[Fact]:
        size = self._resolved(call.args[0])
        if isinstance(size, int):
            yield Fact("size", str(size), call.lineno)

    # Arguments

    def _subscript(self, node: ast.Subscript) -> Iterator[Fact]:
        """`sys.argv[2]`, `host, port = sys.argv[1:3]`."""
        if _name(node.value) not in self._argv:
            return
        added = self._argv[_name(node.value)]
        place = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if isinstance(place, int) and place + added > 0:
            label = self._label(node)
            yield Fact("argument", label, node.lineno, place + added, kind_of(label, self._around(node)))
        elif isinstance(node.slice, ast.Slice):
            yield from self._unpacked(node, added + _number(node.slice.lower))

    def _unpacked(self, node: ast.Subscript, begin: int) -> Iterator[Fact]:
        assign = self._parents.get(node)
        target = assign.targets[0] if isinstance(assign, ast.Assign) else None
        for place, one in enumerate(target.elts if isinstance(target, ast.Tuple | ast.List) else (), begin):
            if not isinstance(one, ast.Name):
                return
            yield Fact("argument", one.id, node.lineno, place, kind_of(one.id))
        cut = node.slice
        is_pair = isinstance(cut, ast.Slice) and _number(cut.upper) - _number(cut.lower) == len(("host", "port"))
        if is_pair and isinstance(assign, ast.Call | ast.Starred):
            yield Fact("argument", "", node.lineno, begin, "host")
            yield Fact("argument", "", node.lineno, begin + 1, "port")

    def _spread(self, call: ast.Call) -> Iterator[Fact]:
        """`main(*sys.argv[1:])`: the parameters are the arguments."""
        for place, given in enumerate(call.args):
            begin = _rest_of_argv(given.value) if isinstance(given, ast.Starred) else None
            if begin is None:
                continue
            for at, name in enumerate(self._parameters(_name(call.func))[place:], begin):
                if at:
                    yield Fact("argument", name, call.lineno, at, kind_of(name))

    def _label(self, node: ast.AST) -> str:
        """The name that an argument is given."""
        above = self._parents.get(node)
        while isinstance(above, ast.Call) and len(above.args) == 1:
            above = self._parents.get(above)
        return _name(above.targets[0]) if isinstance(above, ast.Assign) else ""

    def _around(self, node: ast.AST) -> str:
        above = self._parents.get(node)
        return f"{_name(above.func)}(" if isinstance(above, ast.Call) else ""


def _name(node: ast.AST) -> str:
    """The last part of a dotted name; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _number(node: ast.expr | None) -> int:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, int) else 0


def _rest_of_argv(node: ast.expr) -> int | None:
    """From which position on an expression is the command line; None if it is something else."""
    if isinstance(node, ast.Attribute) and node.attr == "argv":
        return 0
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and node.slice.upper is None:
        return _number(node.slice.lower) if _rest_of_argv(node.value) == 0 else None
    return None


def _is_positional(call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    return isinstance(first, ast.Constant) and isinstance(first.value, str) and not first.value.startswith("-")
