"""What type checkers are told of the public functions: a number gives a number, an array an array, and nothing is Any."""

import ast
import dataclasses
import doctest
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


# ---- constructors --------------------------------------------------------------------------------------------------------

CLASSES = {
    f"{thing.__module__}.{thing.__name__}": thing
    for module in (cevns, *(getattr(cevns, name) for name in cevns.__all__ if inspect.ismodule(getattr(cevns, name))))
    for thing in map(vars_of(module), dir(module))
    if dataclasses.is_dataclass(thing) and thing.__module__.startswith("cevns.")
}


def shown_init(kind):
    """What type checkers take for the constructor of a dataclass, if that is not what its fields say."""
    for part in ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0].body:
        if isinstance(part, ast.If) and ast.unparse(part.test) == "TYPE_CHECKING":
            return part.body[0].args
    return None


@pytest.mark.parametrize("name", CLASSES)
def test_constructors_say_what_they_take(name):
    """Lists and arrays where the documentation says so, and not only the tuples that are stored."""
    kind = CLASSES[name]
    shown = shown_init(kind)
    if shown is None:
        own_init = "__init__" in vars(kind) and vars(kind)["__init__"].__module__ == kind.__module__
        for field in dataclasses.fields(kind):
            told = re.search(rf"^ *(?:\w+, )*{field.name}(?:, \w+)* : (.*)$", kind.__doc__ or "", re.MULTILINE)
            if told and field.init and not (own_init and "Iterable" in str(inspect.signature(kind))):
                wide = re.match("array_like|iterable|sequence|mapping", told[1])
                assert not (wide and str(field.type).startswith("tuple[")), f"{field.name} takes {told[1]}"
        return
    true = list(inspect.signature(kind).parameters.values())
    assert [each.arg for each in (*shown.args[1:], *shown.kwonlyargs)] == [each.name for each in true]
    assert [each.arg for each in shown.kwonlyargs] == [each.name for each in true if each.kind is each.KEYWORD_ONLY]
    given = len(shown.defaults) + sum(each is not None for each in shown.kw_defaults)
    assert given == sum(each.default is not each.empty for each in true)


# ---- a user's script -----------------------------------------------------------------------------------------------------

# What mypy says of examples that are right.
OVERLOOKED = (
    '"**dict[str, float]"',  # may be any argument for it
    '"Spectrum" has no attribute "edges"',  # that of the example is a table
    'Item "None" of',  # a figure without a legend, a release without counts
)


def examples():
    """The examples of all docstrings, each as a function."""
    lines = ["import cevns", "import numpy as np"]
    package = Path(cevns.__file__).parent
    for path in sorted(package.rglob("*.py")):
        name = ".".join(path.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__")
        if name.startswith(("cevns.reference", "cevns.data.build")):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
                continue
            source = "".join(each.source for each in doctest.DocTestParser().get_examples(ast.get_docstring(node) or ""))
            parts = list(ast.walk(ast.parse(source)))
            names = [each for each in parts if isinstance(each, ast.Name)]
            wanted = {each.id for each in names} - {each.id for each in names if isinstance(each.ctx, ast.Store)}
            wanted -= {each.name for each in parts if isinstance(each, ast.alias)}
            own = [each.name for each in tree.body if getattr(each, "name", "") in wanted]
            if source:
                lines.append(f"def example_{len(lines)}() -> None:  # {name}.{getattr(node, 'name', '')}")
                lines += [f"    from {name} import {', '.join(dict.fromkeys(own))}"] if own else []
                lines.append(textwrap.indent(source, "    "))
    return "\n".join(lines)


@pytest.fixture(scope="module")
def complaints(tmp_path_factory):
    """What mypy says of the script and of the examples."""
    pytest.importorskip("mypy")
    folder = tmp_path_factory.mktemp("types")
    (folder / "examples.py").write_text(examples(), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--allow-untyped-defs", "--cache-dir", str(folder / "cache")]
    found = subprocess.run([*command, str(SCRIPT), "examples.py"], capture_output=True, text=True, cwd=folder)
    assert not found.stderr
    return found.stdout.splitlines()


def test_a_strict_script_of_a_user_is_understood(complaints):
    assert complaints
    assert not [line for line in complaints if SCRIPT.name in line]


def test_examples_of_docstrings_are_understood(complaints):
    errors = [line for line in complaints if line.startswith("examples.py") and ": error: " in line]
    assert not [line for line in errors if not any(known in line for known in OVERLOOKED)]


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
