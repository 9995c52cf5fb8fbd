"""The mutants that `benchmarks/mutants.py` makes, and the reasons that are written down of survivors."""

from pathlib import Path

import pytest
from mutation.left_out import CLASSES
from mutation.making import Mutant, mutants
from mutation.reasons import read_reasons, reason_of

ROOT = Path(__file__).parents[2]


def _changes(source: str) -> list[str]:
    return [mutant.change for mutant in mutants(source)]


@pytest.mark.parametrize(
    ("source", "change"),
    [
        ("def f(a, b):\n    return a < b\n", "a < b -> a <= b"),
        ("def f(a, b):\n    return a < b\n", "a < b -> a >= b"),
        ("def f(a):\n    return 0 < a < 9\n", "0 < a < 9 -> 0 < a <= 9"),
        ("def f(a):\n    return a in ()\n", "a in () -> a not in ()"),
        ("def f(a, b):\n    return a + b\n", "a + b -> a - b"),
        ("def f(a, b):\n    return a | b\n", "a | b -> a & b"),
        ("def f(a, b):\n    a += b\n", "a += b -> a -= b"),
        ("def f(a, b):\n    return a and b\n", "a and b -> a or b"),
        ("def f(a):\n    return not a\n", "not a -> a"),
        ("def f(a):\n    return -a\n", "-a -> a"),
        ("def f(a):\n    if a:\n        g()\n", "a -> not a"),
        ("N = 7\n", "7 -> 8"),
        ("N = 7\n", "7 -> 6"),
        ("N = 7\n", "7 -> 0"),
        ("N = True\n", "True -> False"),
        ("N = 'word'\n", "'word' -> ''"),
        ("N = b''\n", "b'' -> b'mutant'"),
        ("N = f'{1} word'\n", "f'{1} word' -> ''"),
        ("def f():\n    g()\n", "g() -> pass"),
        ("def f():\n    raise OSError\n", "raise OSError -> pass"),
        ("def f(a):\n    a = g()\n    return a\n", "a = g() -> pass"),
        ("def f(a):\n    return a\n", "return a -> return None"),
        ("def f(a):\n    if a:\n        return\n    g()\n", "return -> pass"),
        ("while f():\n    break\n", "break -> continue"),
        ("while f():\n    continue\n    g()\n", "continue -> break"),
        ("f(1, two=2)\n", "f(1, two=2) -> f(1)"),
        ("f(a, b)\n", "f(a, b) -> f(b, a)"),
        ("min(a)\n", "min(a) -> max(a)"),
        ("try:\n    f()\nexcept OSError:\n    g()\n", "except OSError: ... -> except Exception: ..."),
        ("try:\n    f()\nexcept OSError:\n    g()\n", "try: ... -> if True: ..."),
        ("try:\n    f()\nexcept (A, B):\n    g()\n", "except (A, B): ... -> except (B,): ..."),
        ("with a, b:\n    f()\n", "with a, b: ... -> with b: ..."),
        ("with contextlib.suppress(A):\n    f()\n", "contextlib.suppress(A) -> contextlib.suppress(Exception)"),
        ("with contextlib.suppress(A, B):\n    f()\n", "contextlib.suppress(A, B) -> contextlib.suppress(A)"),
        ("@decorated\ndef f():\n    g()\n", "@decorated ... -> def f(): ..."),
    ],
)
def test_a_program_is_changed_in_one_place(source: str, change: str) -> None:
    assert change in _changes(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""What it is."""\n',
        "def f(a: 'int') -> 'str':\n    pass\n",
        "def f():\n    return None\n",
        "def f(a=None):\n    pass\n",
    ],
)
def test_what_nobody_could_notice_is_not_changed(source: str) -> None:
    assert _changes(source) == []


def test_no_two_mutants_are_the_same_program_and_none_is_the_original() -> None:
    sources = [mutant.source for mutant in mutants("def f(a):\n    return 1 if a > 0 else 0\n")]

    assert "def f(a):\n    return 1 if a > 0 else 0\n" not in sources
    assert len(set(sources)) == len(sources)


def test_a_change_that_does_not_compile_is_no_mutant() -> None:
    for mutant in mutants("def f():\n    for x in y:\n        yield x\n"):
        compile(mutant.source, "", "exec")


def test_a_mutant_tells_where_it_is() -> None:
    (mutant,) = mutants("class A:\n    def f(self):\n        # why\n        return self.a\n")

    assert (mutant.where, mutant.line, mutant.text) == ("A.f", 4, "return self.a")
    assert mutant.operator == "nothing returned"


def test_a_mutant_keeps_its_id_when_its_line_moves() -> None:
    (before,), (after,) = mutants("def f(a):\n    return a\n"), mutants("\n\ndef f(a):\n    return a\n")

    assert before.id == after.id
    assert before.line != after.line


def test_every_mutant_of_a_line_has_an_id_of_its_own() -> None:
    found = mutants("def f(a):\n    return a(0, 1) or a(0, 1)\n")

    assert len({mutant.id for mutant in found}) == len(found)


def test_a_mutant_is_the_program_but_for_its_change() -> None:
    (mutant,) = (one for one in mutants("A = 1\nB = 2 < 3\n") if one.change == "2 < 3 -> 2 <= 3")

    assert mutant.source == "A = 1\nB = 2 <= 3\n"


# What is made and not tried


@pytest.mark.parametrize(
    ("source", "change", "left_out"),
    [
        ("say('w')\n", "say('w') -> say('')", "wording"),
        ("raise ValueError('w')\n", "ValueError('w') -> ValueError('')", "wording"),
        ("def f():\n    say('w')\n", "say('w') -> pass", ""),
        ("f('w')\n", "f('w') -> f('')", ""),
        ("if __name__ == '__main__':\n    f()\n", "__name__ == '__main__' -> __name__ != '__main__'", "guard"),
        ("if __name__ == '__main__':\n    f(g(1))\n", "f(g(1)) -> f(g(2))", ""),
        ("min(a, b)\n", "min(a, b) -> min(b, a)", "order"),
        ("min(a, b)\n", "min(a, b) -> max(a, b)", ""),
        ("f(a, b)\n", "f(a, b) -> f(b, a)", ""),
    ],
)
def test_a_change_that_breaks_nothing_is_of_a_class_with_a_reason(source: str, change: str, left_out: str) -> None:
    (mutant,) = (one for one in mutants(source) if one.change == change)

    assert mutant.left_out == left_out
    assert not left_out or CLASSES[left_out]


# Reasons


def _mutant(where: str, text: str, change: str) -> Mutant:
    return Mutant("", where, 1, text, change, "")


def test_a_reason_is_found_again_by_the_function_and_the_line(tmp_path: Path) -> None:
    path = tmp_path / "reasons.yaml"
    path.write_text("- {in: f, line: [a = 1, b = 1], changes: [1 -> 2], equivalent: Nobody reads it.}\n")
    reasons = read_reasons(path)

    reason = reason_of(_mutant("f", "b = 1", "1 -> 2"), reasons)

    assert reason is not None
    assert (reason.kind, reason.why) == ("equivalent", "Nobody reads it.")
    assert reason_of(_mutant("f", "b = 1", "1 -> 0"), reasons) is None
    assert reason_of(_mutant("g", "b = 1", "1 -> 2"), reasons) is None
    assert reason_of(_mutant("f", "b = 3", "1 -> 2"), reasons) is None


def test_a_reason_without_changes_speaks_of_the_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "reasons.yaml"
    path.write_text("- {in: f, line: a = 1, unasked: No clause says what a is.}\n")

    assert reason_of(_mutant("f", "a = 1", "1 -> 7"), read_reasons(path)) is not None


def test_every_reason_that_is_written_down_speaks_of_a_mutant_of_ls() -> None:
    found = mutants((ROOT / "servers" / "ls.py").read_text(encoding="utf-8"))

    for reason in read_reasons(ROOT / "benchmarks" / "mutation" / "survivors.yaml"):
        fitting = {mutant.change for mutant in found if reason.fits(mutant)}
        assert fitting, f"in {reason.where}: {reason.line}"
        assert fitting >= set(reason.changes), f"in {reason.where}: {reason.line}"
