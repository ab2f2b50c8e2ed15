"""Mutation of the rules: each is changed by one in its encoding or its check, and its tests have to notice.

    python -m benchmarks.mutation                   every rule, then the table of figures
    python -m benchmarks.mutation load rest_gap     some rules
    python -m benchmarks.mutation structure verify  some files beside the rules: the board's layers, structure, verifier

A mutant is a rule's file with one expression or statement changed: a number by one, `<` to `<=`, `and` to `or`, a
term, a condition or a statement dropped, `abs` dropped, `least` and `most` exchanged. Sentences are left alone. Each
mutant is run in a process of its own against the example tests of its rule and its agreement test; one that passes
them survives. Needs a system that forks.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.util
import io
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from copy import deepcopy
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 300.0
"""Seconds after which a mutant counts as noticed: it runs in circles."""

AGREEMENT = "tests/constraints/test_agreement.py"
AGREE = (
    "test_a_window_that_touches_nothing_is_asked_for_nothing[{name}]",
    "test_board_and_check_agree_on_every_plan_of_the_tiny_cases[{name}]",
    "test_a_window_of_one_session_agrees_with_the_whole[{name}-fifth]",
)
READING = "tests/constraints/test_reading.py"
BOARD = tuple(f"tests/constraints/board/test_{what}.py" for what in ("demands", "queries", "open_seats", "at_once"))
BRIEFLY = ("-p", "no:cacheprovider", "--assert=plain", "--tb=no")
"""Nobody reads why a mutant was noticed."""
JUDGES = {
    **{f"board/{layer}": (*BOARD, AGREEMENT) for layer in ("literals", "decisions", "turns", "demands")},
    "structure": ("tests/constraints/test_structure.py",),
    "verify": ("tests/constraints/test_verify.py",),
}
"""Files beside the rules that can be mutated, and the tests that have to notice."""

RULES = tuple(sorted(path.stem for path in (ROOT / "constraints" / "rules").glob("[a-z]*.py")))
WARM = (
    *("ortools.sat.python.cp_model", "pytest", "hypothesis", "rota.case", "rota.roster", "importlib.resources"),
    *(f"constraints.rules.{name}" for name in RULES),
)
"""Imported once, before the processes fork. Nothing here imports a rule, so that a mutant can take a rule's place."""


# Mutants.


@dataclass(frozen=True)
class Mutant:
    """One change of one file: where it stands, and what it was and became."""

    file: Path
    line: int
    function: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.file.stem}.{self.function}:{self.line}  {self.before}  ->  {self.after}"


COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
NAMES = {
    "least": "most",
    "most": "least",
    "joined": "left",
    "left": "joined",
    "start": "end",
    "end": "start",
    "any": "all",
    "all": "any",
    "any_of": "all_of",
    "all_of": "any_of",
    "min": "max",
    "max": "min",
}
SENTENCES = frozenset({"text", "name", "Message"})


def mutants_of(file: Path) -> Iterator[tuple[Mutant, CodeType]]:
    """Yield every mutant of a file with its code."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for function in _functions(tree):
        for holder, field, index, node in list(_places(function)):
            for changed in _changes(node, holder, field):
                _put(holder, field, index, changed)
                code = compile(ast.fix_missing_locations(deepcopy(tree)), str(file), "exec")
                _put(holder, field, index, node)
                line = getattr(node, "lineno", function.lineno)
                yield Mutant(file, line, function.name, _shown(node), _shown(changed)), code


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield the functions that do not merely say something."""
    for node in ast.walk(tree):
        says = isinstance(node, ast.FunctionDef) and node.returns and "Message" in ast.unparse(node.returns)
        if isinstance(node, ast.FunctionDef) and not says:
            yield node


def _places(node: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """Yield (holder, field, index, node) for all that could be changed inside a node."""
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "decorator_list", "args"} and isinstance(
            node, ast.FunctionDef | ast.AnnAssign
        ):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not _sentence(child):
                yield node, field, index, child
                if not isinstance(child, ast.FunctionDef):
                    yield from _places(child)


def _sentence(node: ast.AST) -> bool:
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SENTENCES
    return (
        called or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)) or isinstance(node, ast.Raise)
    )


def _changes(node: ast.AST, holder: ast.AST, field: str) -> Iterator[ast.AST]:
    if isinstance(holder, ast.If | ast.IfExp) and field == "test":
        yield from (ast.Constant(value=True), ast.Constant(value=False))
    if isinstance(holder, ast.comprehension) and field == "ifs":
        yield ast.Constant(value=True)
    for kind, change in CHANGES.items():
        if isinstance(node, kind):
            yield from change(node)


def _of_constant(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(value=not node.value)
    elif isinstance(node.value, int):
        yield from (ast.Constant(value=node.value + 1), ast.Constant(value=node.value - 1))


def _of_compare(node: ast.Compare) -> Iterator[ast.AST]:
    for number, op in enumerate(node.ops):
        for other in COMPARISONS.get(type(op), ()):
            yield ast.Compare(node.left, [*node.ops[:number], other(), *node.ops[number + 1 :]], node.comparators)


def _of_and_or(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for number in range(len(node.values)):
        rest = [*node.values[:number], *node.values[number + 1 :]]
        yield ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0]


def _of_unary(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield node.operand


def _of_operator(node: ast.BinOp) -> Iterator[ast.AST]:
    if type(node.op) in OPERATORS:
        yield ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)
    yield from (node.left, node.right)


def _of_call(node: ast.Call) -> Iterator[ast.AST]:
    called = node.func.id if isinstance(node.func, ast.Name) else ""
    if called == "abs" or (called in {"max", "min"} and len(node.args) > 1):
        yield from node.args


def _of_name(node: ast.Name) -> Iterator[ast.AST]:
    if node.id in NAMES and isinstance(node.ctx, ast.Load):
        yield ast.Name(NAMES[node.id], ast.Load())


def _of_attribute(node: ast.Attribute) -> Iterator[ast.AST]:
    if node.attr in NAMES and isinstance(node.ctx, ast.Load):
        yield ast.Attribute(node.value, NAMES[node.attr], ast.Load())


def _of_return(node: ast.Return) -> Iterator[ast.AST]:
    if node.value is None:
        yield ast.Pass()


CHANGES: dict[type[ast.AST], Callable[[Any], Iterator[ast.AST]]] = {
    ast.Constant: _of_constant,
    ast.Compare: _of_compare,
    ast.BoolOp: _of_and_or,
    ast.UnaryOp: _of_unary,
    ast.BinOp: _of_operator,
    ast.Call: _of_call,
    ast.Name: _of_name,
    ast.Attribute: _of_attribute,
    ast.IfExp: lambda node: iter((node.body, node.orelse)),
    ast.Return: _of_return,
    ast.Expr: lambda _: iter((ast.Pass(),)),
    ast.Continue: lambda _: iter((ast.Pass(),)),
    ast.AugAssign: lambda _: iter((ast.Pass(),)),
}


def _put(holder: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(holder, field, node)
    else:
        getattr(holder, field)[index] = node


def _shown(node: ast.AST) -> str:
    lines = ast.unparse(node).splitlines()
    return lines[0] if len(lines) == 1 else f"{lines[0]} …"


# Running them.


class _Served(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serves one module from code of our own."""

    def __init__(self, module: str, file: Path, code: CodeType) -> None:
        self._module, self._file, self._code = module, file, code

    def find_spec(self, fullname: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._module:
            return None
        return importlib.util.spec_from_file_location(fullname, self._file, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)  # noqa: S102 - code made above, of this project's own


def _survives(mutant: Mutant, code: CodeType, tests: Sequence[str]) -> None:
    """Run the tests against a mutant, and end the process with 0 if they pass."""
    import pytest  # noqa: PLC0415 - imported before the process forked

    module = ".".join(mutant.file.relative_to(ROOT).with_suffix("").parts)
    sys.modules.pop(module, None)
    sys.meta_path.insert(0, _Served(module, mutant.file, code))
    silence = io.StringIO()
    whole = ["-m", "not slow"] if AGREEMENT in tests else []  # all rules' agreement, not one rule's: what is fast of it
    with redirect_stdout(silence), redirect_stderr(silence):
        status = pytest.main(["-x", "-q", *whole, *BRIEFLY, *tests])
    os._exit(0 if status == 0 else 1)


def suite_of(name: str) -> tuple[str, ...]:
    """Return the tests that have to notice a mutant of a rule, or of one of the files beside them."""
    if name in JUDGES:
        return JUDGES[name]
    return (
        f"tests/constraints/rules/test_{name}.py",
        *(f"{AGREEMENT}::{test.format(name=name)}" for test in AGREE),
        READING,
    )


def file_of(name: str) -> Path:
    """Return the file of a rule, or of one of the files beside them."""
    return ROOT / "constraints" / (f"{name}.py" if name in JUDGES else f"rules/{name}.py")


def survivors(name: str, workers: int) -> tuple[int, list[Mutant]]:
    """Return how many mutants a file has, and those that no test notices.

    Raises:
        RuntimeError: its tests fail as it is, so that they would notice every mutant.
    """
    file, tests = file_of(name), suite_of(name)
    as_it_is = compile(file.read_text(encoding="utf-8"), str(file), "exec")
    mutants = list(mutants_of(file))
    waiting = [(Mutant(file, 0, "", "", ""), as_it_is), *mutants]
    running: list[_Trial] = []
    alive: list[Mutant] = []
    while waiting or running:
        while waiting and len(running) < workers:
            running.append(_Trial(*waiting.pop(0), tests))
        wait([trial.process.sentinel for trial in running], timeout=1.0)
        for trial in [trial for trial in running if trial.over()]:
            running.remove(trial)
            if trial.process.exitcode == 0:
                alive.append(trial.mutant)
            elif not trial.mutant.line:
                raise RuntimeError(f"the tests of {name} fail before anything is changed")
    return len(mutants), sorted((m for m in alive if m.line), key=lambda m: (m.line, m.before, m.after))


class _Trial:
    """One mutant in a process of its own."""

    def __init__(self, mutant: Mutant, code: CodeType, tests: Sequence[str]) -> None:
        self.mutant = mutant
        self.process = multiprocessing.get_context("fork").Process(target=_survives, args=(mutant, code, tests))
        self.process.start()
        self._since = time.monotonic()

    def over(self) -> bool:
        """Tell whether it has ended; one that takes too long is ended."""
        if time.monotonic() - self._since > PATIENCE:
            self.process.kill()
            self.process.join()
        return self.process.exitcode is not None


def main(arguments: Iterable[str]) -> int:
    """Run the mutants of some rules, or of all, and print those that survive and the table of figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="rules by kind, or " + ", ".join(JUDGES))
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(list(arguments))
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for module in WARM:
        importlib.import_module(module)
    figures: Counter[tuple[str, str]] = Counter()
    for name in options.names or RULES:
        total, alive = survivors(name, options.workers)
        figures[name, "mutants"], figures[name, "survive"] = total, len(alive)
        for mutant in alive:
            print(mutant, flush=True)
    print("\n| file | mutants | noticed | survive |\n|---|---:|---:|---:|")
    for name in options.names or RULES:
        total, left = figures[name, "mutants"], figures[name, "survive"]
        print(f"| {name} | {total} | {total - left} | {left} |")
    total, left = (sum(n for (_, what), n in figures.items() if what == which) for which in ("mutants", "survive"))
    print(f"| all | {total} | {total - left} | {left} |")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
