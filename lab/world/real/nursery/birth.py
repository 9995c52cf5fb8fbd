"""What a child does between its fork and the first line of the program it becomes.

A Python file run by the lab's own interpreter is not executed anew: the fork becomes it, with the `__main__`, argv,
path, modules, signals, streams and environment it would have found. Anything else is executed.
"""

import _signal  # type: ignore[import-not-found]  # `signal` makes enumerations of all it is given
import atexit
import builtins
import contextlib
import gc
import io
import os
import resource
import signal
import sys
import threading
import traceback
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from opcode import opmap
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from lab.world.real.nursery.bounds import set_limits
from lab.world.real.nursery.confining import Fence, confine, rules_for
from lab.world.real.nursery.kin import attach, die_with_parent, read
from lab.world.real.nursery.users import User
from lab.world.real.nursery.users import become as become_user

STREAMS, FIRST_FREE = (0, 1, 2), 3
LAST = 1 << 16
PAGE = "FAULT_LAB_PAGE"
DISPOSITIONS = ((_signal.SIGCHLD, _signal.SIG_DFL), (_signal.SIGINT, _signal.default_int_handler))
"""Signals that the keeper handles otherwise than a fresh interpreter does."""
ADDED = os.environ.keys() - {os.fsdecode(word.partition(b"=")[0]) for word in read("/proc/self/environ").split(b"\0")}
"""What this interpreter has put into its environment itself, as others do not: LC_CTYPE, where LANG is C."""
SCRIPTS: dict[tuple[str, int, int], "Script"] = {}
WARM: dict[str, types.ModuleType] = {}
"""The modules of the standard library that are loaded, and hidden (see `hide_modules`)."""
IMPORT, WIDEN = opmap["IMPORT_NAME"], opmap["EXTENDED_ARG"]
REPAIRS: Mapping[str, Callable[[types.ModuleType], None]] = {
    "random": lambda module: module.seed(),
    "threading": lambda module: module.main_thread()._set_native_id(),  # noqa: SLF001 - as it does after a fork
}
"""What a warm module needs, once a program has it, to be as it would be had it been loaded in this process."""


class Script(NamedTuple):
    """A Python file that compiles, where it really stands, and the warm modules that its own lines import."""

    code: types.CodeType
    folder: str
    imports: tuple[str, ...]


def script_in(argv: Sequence[str]) -> int:
    """Where the Python file stands in a command of the lab's own interpreter; 0 if it is no such command.

    No option but `-u` is allowed, which holds anyway.
    """
    at = 2 if list(argv[1:2]) == ["-u"] else 1
    is_own = len(argv) > at and argv[0] == sys.executable
    return at if is_own and not argv[at].startswith("-") else 0


def read_script(folder: str, path: str) -> Script | None:
    """The compiled file, kept by (place, time, size): compiling costs more than a fork.

    None if it does not compile, or if a module beside it has the name of a warm one, which would be found instead.

    Args:
        folder: Where a relative path begins.
        path: As the command has it, which is what tracebacks show.
    """
    with contextlib.suppress(OSError, SyntaxError, ValueError):
        place = os.path.join(folder, path)  # noqa: PTH118 - quickly, as it is in the way of every start
        status = os.stat(place)  # noqa: PTH116 - as above
        key = (place, status.st_mtime_ns, status.st_size)
        if key not in SCRIPTS:
            code = compile(Path(place).read_bytes(), path, "exec")
            imports = tuple(dict.fromkeys(name for name in _imports_of(code) if name in WARM))
            SCRIPTS[key] = Script(code, os.path.dirname(os.path.realpath(place)), imports)  # noqa: PTH120 - as above
        return None if _shadows(SCRIPTS[key].folder) else SCRIPTS[key]
    return None


def _shadows(folder: str) -> bool:
    """Whether a module in this folder comes before a warm one."""
    return any(name.removesuffix(".py") in WARM for name in os.listdir(folder))  # noqa: PTH208 - quickly, as above


def _imports_of(code: types.CodeType) -> Iterator[str]:
    """What is imported outside any function or class."""
    index = 0
    for operation, argument in zip(code.co_code[::2], code.co_code[1::2], strict=True):
        index = index << 8 | argument
        if operation == IMPORT:
            yield code.co_names[index]
        if operation != WIDEN:
            index = 0


def settle(parent: int, request: Mapping[str, Any], streams: tuple[int, int], kept: int, fence: Fence) -> None:
    """A session of its own, tied to its keeper; streams, folder, limits and signals as a program expects them."""
    die_with_parent(parent)
    os.setsid()
    null = os.open(os.devnull, os.O_RDONLY)
    _lead(null, *streams)
    confine(rules_for(request, fence, request["environment"].get(PAGE) or os.environ.get(PAGE, "")))
    os.closerange(FIRST_FREE, kept)
    os.closerange(kept + 1, LAST)
    os.chdir(request["folder"])
    set_limits(fence.users, request["number"])
    resource.setrlimit(resource.RLIMIT_NOFILE, (request["files"], resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    if request["user"]:
        become_user(User(*request["user"]))
        die_with_parent(parent)  # which the kernel forgets of who becomes somebody else
    for name, value in request["environment"].items():
        os.environ[name] = value
    signal.set_wakeup_fd(-1)
    for number, handler in DISPOSITIONS:
        _signal.signal(number, handler)


def execute(argv: Sequence[str], environment: Mapping[str, str], report: int) -> None:
    """Become another program; if that fails, its errno goes to the keeper."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    for name in ADDED - environment.keys():
        os.environ.pop(name, None)
    try:
        os.execvp(argv[0], list(argv))  # noqa: S606 - no shell is wanted
    except OSError as error:
        os.write(report, str(error.errno).encode())
        os._exit(127)


def become(argv: Sequence[str], script: Script) -> None:
    """Become a Python program; never returns.

    Args:
        argv: The interpreter, perhaps `-u`, the file and its arguments.
        script: The file, as it was read before the fork.
    """
    if PAGE in os.environ:
        attach(os.environ[PAGE])
    sys.argv = list(argv[script_in(argv) :])
    sys.path[0] = script.folder
    os._exit(_run(lambda: _main(sys.argv[0], script)))


def prepare_streams() -> None:
    """Make the standard streams that every program finds, as they are where PYTHONUNBUFFERED=1 and output is a pipe.

    They are made once, before any fork: each has a descriptor, whatever that leads to by then.
    """
    kept = [os.dup(fd) for fd in STREAMS]
    null, (read, write) = os.open(os.devnull, os.O_RDONLY), os.pipe()
    _lead(null, write, write)
    sys.stdin = sys.__stdin__ = _like(sys.__stdin__, io.BufferedReader(_named(0, "<stdin>", "r")))  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _like(sys.__stdout__, _named(1, "<stdout>", "w"))  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _like(sys.__stderr__, _named(2, "<stderr>", "w"))  # type: ignore[misc]
    _lead(*kept)
    for fd in (*kept, null, read, write):
        os.close(fd)


def _lead(*sources: int) -> None:
    """Have the standard descriptors lead elsewhere."""
    for source, target in zip(sources, STREAMS, strict=True):
        os.dup2(source, target)


def _named(fd: int, name: str, mode: str) -> io.FileIO:
    raw = io.FileIO(fd, mode, closefd=False)
    raw.name = name
    return raw


def _like(stream: TextIO | None, raw: io.FileIO | io.BufferedReader) -> io.TextIOWrapper:
    """A text stream with the encoding that the interpreter chose for this one at its start."""
    encoding, errors = (stream.encoding, stream.errors) if stream is not None else ("utf-8", "surrogateescape")
    made = io.TextIOWrapper(raw, encoding, errors, write_through=True)
    vars(made)["mode"] = "w" if isinstance(raw, io.FileIO) else "r"
    return made


def _main(path: str, script: Script) -> None:
    main = types.ModuleType("__main__")
    main.__dict__.update(__file__=path, __builtins__=builtins, __cached__=None, __annotations__={})
    main.__loader__ = SourceFileLoader("__main__", path)
    sys.modules["__main__"] = main
    for name in script.imports:  # the import system would find them, too, and take ten times as long
        sys.modules[name] = WARM[name]
        _repair(WARM[name])
    gc.enable()
    exec(script.code, main.__dict__)  # noqa: S102 - becoming the program is the purpose


class _Warm:
    """A finder that hands out what the warden has imported already."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002
        """The module's spec with this object as its loader."""
        module = WARM.get(name)
        if module is None or module.__spec__ is None:
            return None
        is_package = hasattr(module, "__path__")
        return ModuleSpec(name, self, origin=module.__spec__.origin, is_package=is_package)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        """The module itself, with the attributes it had."""
        module = WARM[spec.name]
        self._kept = (module.__spec__, getattr(module, "__loader__", None))
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """It ran long ago; the import system's marks are put back."""
        module.__spec__, module.__loader__ = self._kept
        _repair(module)


def _repair(module: types.ModuleType) -> None:
    repair = REPAIRS.get(module.__name__)
    if repair is not None:
        repair(module)


def hide_modules(pristine: frozenset[str]) -> None:
    """Take out of `sys.modules` whatever a fresh interpreter would not have; an import brings it back at once.

    It is done before any fork: who holds a module goes on using it, and a child need not touch them all.

    Args:
        pristine: The modules a fresh interpreter has.
    """
    hidden = {name: module for name, module in sys.modules.items() if name not in pristine and name != "__main__"}
    for name in hidden:
        del sys.modules[name]
    WARM.update((name, hidden[name]) for name in hidden if name.partition(".")[0] in sys.stdlib_module_names)
    sys.meta_path.insert(0, _Warm())


def _run(program: Callable[[], None]) -> int:
    """Run it as the interpreter would: exit codes, tracebacks, threads, atexit and flushing."""
    status = 0
    try:
        program()
    except SystemExit as ending:
        status = _status_of(ending)
    except KeyboardInterrupt:
        _show_traceback()
        status = -signal.SIGINT
    except BaseException:  # noqa: BLE001 - as the interpreter does
        _show_traceback()
        status = 1
    with contextlib.suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - what the interpreter calls at its end
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()  # noqa: SLF001 - as above
    for stream in (*_unwritten(), sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()
    if status < 0:
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    return status & 0xFF


def _unwritten() -> Iterator[io.IOBase]:
    """Files that the program opened and did not close: the interpreter writes what they keep back when it ends."""
    kinds = (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom)
    return (one for one in gc.get_objects() if isinstance(one, kinds))


def _status_of(ending: SystemExit) -> int:
    if ending.code is None or isinstance(ending.code, int):
        return ending.code or 0
    print(ending.code, file=sys.stderr)  # noqa: T201 - as the interpreter does
    return 1


def _show_traceback() -> None:
    """The traceback without the nursery's own frames."""
    kind, error, frames = sys.exc_info()
    while frames is not None and frames.tb_frame.f_code.co_filename.startswith(str(Path(__file__).parent)):
        frames = frames.tb_next
    if kind is not None:
        traceback.print_exception(kind, error, frames)
