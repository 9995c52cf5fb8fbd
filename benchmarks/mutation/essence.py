"""Essence: what a program compiles to, by which two are told to be the same. Pure."""

from types import CodeType
from typing import Any


def essence(source: str) -> Any:
    """What the program compiles to, lines left out; None if it does not compile."""
    try:
        return _bare(compile(source, "", "exec"))
    except SyntaxError:
        return None


def _bare(code: CodeType) -> Any:
    constants = tuple(_bare(one) if isinstance(one, CodeType) else (type(one), repr(one)) for one in code.co_consts)
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return (code.co_name, code.co_code, code.co_flags, code.co_exceptiontable, names, constants)
