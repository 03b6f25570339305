"""What type checkers are told of the public functions: a number gives a number, an array an array, and nothing is Any."""

import ast
import inspect
import re
import subprocess
import sys
import textwrap
import types
import typing
from pathlib import Path

import numpy as np
import pytest

import cevns

SCRIPT = Path(__file__).with_name("typed_script.py")

# What is Any after all, and why.
UNTOLD = {
    "Components.prepared": "a store of what rates prepare, each in its own way",
    "FluxHistory.prepared": "as that of a flux",
    "Interaction.reduced": "a StandardModel or None: its module imports that of Interaction, which cannot import it",
    "Interaction.standard_model": "as reduced",
    "InteractionSum.standard_model": "as reduced",
    "to_hist": "a histogram of hist, or of boost-histogram: whichever is installed",
    "to_pyhf": "a workspace of pyhf: a mapping as JSON has it",
}


def callables():
    """The functions, and the methods and properties of the classes, that stand in public modules: qualified name → function."""
    modules = [cevns, *(each for each in map(vars_of(cevns), cevns.__all__) if inspect.ismodule(each))]
    found = {}
    for module in modules:
        for thing in map(vars_of(module), dir(module)):
            if inspect.isclass(thing):
                for kind in thing.__mro__:
                    if kind.__module__.startswith("cevns."):
                        found |= {each.__qualname__: each for each in methods(kind)}
            elif callable(thing):
                function = inspect.unwrap(thing)
                found.setdefault(f"{module.__name__}.{function.__name__}", function)
    return found


def vars_of(module):
    return lambda name: getattr(module, name)


def methods(kind):
    """What a class itself defines and a user calls: `__call__` and operators, not what Python calls to copy or print."""
    for name, thing in vars(kind).items():
        inner = next((getattr(thing, part) for part in ("fget", "func", "__func__") if hasattr(thing, part)), thing)
        inner = inspect.unwrap(inner)
        hidden = name.startswith("_") and name not in ("__call__", "__init__", "__add__", "__mul__", "__getitem__", "__iter__")
        if inspect.isfunction(inner) and not hidden and inner.__module__.startswith("cevns."):
            yield inner


CALLABLES = callables()


def is_told(annotation):
    """Whether an annotation, as it is written, says something, and not only that anything may come."""
    return annotation is not inspect.Signature.empty and re.search(r"\b(Any|object)\b", str(annotation)) is None


@pytest.mark.parametrize("name", CALLABLES)
def test_every_public_function_says_what_it_takes_and_what_it_returns(name):
    function = CALLABLES[name]
    short = name if function.__qualname__ == name else function.__qualname__
    for each in (function, *typing.get_overloads(function)):
        signature = inspect.signature(each)
        assert is_told(signature.return_annotation) != (short in UNTOLD), f"returns {signature.return_annotation}"
        parameters = list(signature.parameters.values())
        bound = bool(parameters) and parameters[0].name in ("self", "cls")
        assert all(parameter.annotation is not inspect.Parameter.empty for parameter in parameters[bound:])


def test_what_is_untold_is_there():
    assert {function.__qualname__ for function in CALLABLES.values()} >= UNTOLD.keys()


# ---- protocols -----------------------------------------------------------------------------------------------------------


def protocol_of(function):
    """The protocol as which a decorator of the library shows a function to type checkers."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    for decorator in tree.decorator_list:
        if re.fullmatch(r"(of|as)_\w+", ast.unparse(decorator)):
            made = vars(sys.modules[function.__module__])[decorator.id]
            name = made.__annotations__["return"].partition("[")[0]
            return vars(sys.modules[made.__module__])[name]
    return None


SHOWN = {
    name: protocol
    for name, function in CALLABLES.items()
    if "." not in function.__qualname__ and (protocol := protocol_of(function)) is not None
}


def test_protocols_are_found():
    assert len(SHOWN) >= 20


@pytest.mark.parametrize("name", SHOWN)
def test_type_checkers_see_the_arguments_that_a_function_has(name):
    true = list(inspect.signature(CALLABLES[name]).parameters.values())
    names = [parameter.name for parameter in true]
    optional = {parameter.name for parameter in true if parameter.default is not inspect.Parameter.empty}
    by_name = {parameter.name for parameter in true if parameter.kind is inspect.Parameter.KEYWORD_ONLY}
    options = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in true)
    seen_as = SHOWN[name]  # what a protocol has as its `__call__` does not know whose it is
    call = types.SimpleNamespace(__module__=seen_as.__module__, __qualname__=f"{seen_as.__name__}.__call__")
    shapes = typing.get_overloads(call)
    assert len(shapes) >= 3
    for shape in shapes:
        seen = list(inspect.signature(shape).parameters.values())[1:]
        if str(seen[-1].annotation) == "P.kwargs":  # the rest is the function's own
            assert [parameter.name for parameter in seen[:-2]] == names[: len(seen) - 2]
            continue
        if (rest := re.fullmatch(r"Unpack\[(\w+)\]", seen[-1].annotation)) is not None:
            more = vars(sys.modules[shape.__module__])[rest[1]].__annotations__.keys()
            assert options or more <= by_name & optional
            seen.pop()
        else:
            more = set()
        positional = [each.name for each in seen if each.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
        assert positional == names[: len(positional)]
        if not options:
            assert {parameter.name for parameter in seen} | more == set(names)
            assert by_name <= {each.name for each in seen if each.kind is inspect.Parameter.KEYWORD_ONLY} | more
        for parameter in seen:
            assert parameter.default in (inspect.Parameter.empty, ...)
            assert parameter.default is inspect.Parameter.empty or parameter.name in optional or options


# ---- a user's script -----------------------------------------------------------------------------------------------------


def test_a_strict_script_of_a_user_is_understood(tmp_path):
    pytest.importorskip("mypy")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(SCRIPT)]
    found = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert found.returncode == 0, found.stdout


def fits(value, kind):
    """Whether a value is of a type that a checker was told."""
    if typing.get_origin(kind) is tuple:
        kinds = typing.get_args(kind)
        return len(value) == len(kinds) and all(map(fits, value, kinds))
    if isinstance(kind, types.UnionType):
        return any(fits(value, each) for each in typing.get_args(kind))
    if typing.get_origin(kind) is np.ndarray:
        (dtype,) = typing.get_args(typing.get_args(kind)[1])
        return isinstance(value, np.ndarray) and value.dtype == dtype and value.ndim > 0
    return isinstance(value, kind)


def test_what_a_type_checker_is_told_is_true(monkeypatch):
    told = []
    monkeypatch.setattr(typing, "assert_type", lambda value, kind: told.append((value, kind)))
    exec(compile(SCRIPT.read_text(encoding="utf-8"), str(SCRIPT), "exec"), {})
    assert len(told) >= 100
    for value, kind in told:
        assert fits(value, kind), f"{value!r} is not {kind}"
