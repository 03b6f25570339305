"""The README's tables of formulas, made from the modules that compute them: `python docs/formulas.py`.

A module lists its formulas at the end of its docstring, in a section "Formulas". An entry begins with `name: equation`; the
indented lines below it name the source, and the file of the C kernel if there is one. The script reads these sections without
importing the library, and writes the tables between the two marks in README.md.
"""

import ast
import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- formulas: made by docs/formulas.py -->\n", "<!-- /formulas -->\n"

# The packages in the order of a prediction: the nucleus and the theory, the flux, the detector, the statistics.
ORDER = (
    "kinematics",
    "nuclei",
    "interactions",
    "scattering",
    "electrons",
    "dark_matter",
    "matter",
    "fluxes",
    "oscillation",
    "sources",
    "detectors",
    "statistics",
    "experiments",
)


class Formula(NamedTuple):
    """An entry of a module: what it computes, by which equation, in which files, and after whom."""

    name: str
    equation: str
    files: tuple[str, ...]
    source: str


def entries(docstring: str, path: str) -> list[Formula]:
    """The formulas that a module's docstring lists."""
    _, heading, section = docstring.partition("\n\nFormulas\n--------\n")
    found = []
    for entry in re.split(r"\n(?! )", section) if heading else ():
        first, *rest = entry.splitlines()
        name, colon, equation = first.partition(": ")
        rest = [line.strip() for line in rest]
        kernels = tuple(line for line in rest if line.startswith("src_c/"))
        source = " ".join(line for line in rest if line not in kernels)
        if not (colon and source):
            raise SystemExit(f"{path}: an entry needs `name: equation` and a source below it (got {entry!r})")
        found.append(Formula(name, equation, (path, *kernels), source))
    return found


def formulas() -> dict[str, list[Formula]]:
    """The formulas of each package, by the order of its files."""
    found: dict[str, list[Formula]] = {name: [] for name in ORDER}
    for path in sorted((ROOT / "cevns").rglob("*.py")):
        if "reference" not in path.parts:
            docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            for formula in entries(docstring, path.relative_to(ROOT).as_posix()):
                found[path.relative_to(ROOT / "cevns").parts[0].removesuffix(".py")].append(formula)
    return found


def row(formula: Formula) -> str:
    equation = formula.equation.replace("|", r"\|")
    return f"| {formula.name} | `{equation}` | {', '.join(f'`{name}`' for name in formula.files)} | {formula.source} |\n"


def tables() -> str:
    """All tables, as the README has them."""
    head = "\n| formula | equation | where | source |\n| --- | --- | --- | --- |\n"
    titles = {name: f"\n### {name.replace('_', ' ').capitalize()}\n" for name in ORDER}
    return "".join(titles[name] + head + "".join(map(row, found)) for name, found in formulas().items()) + "\n"


def filled(page: str) -> str:
    """The page with its tables renewed."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + tables() + END + after


if __name__ == "__main__":
    readme = ROOT / "README.md"
    readme.write_text(filled(readme.read_text(encoding="utf-8")), encoding="utf-8")
