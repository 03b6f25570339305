"""Makes nuclides.csv from the evaluations that it names; run by a developer, never by users.

    python -m cevns.data.build_nuclides angeli2013_iaea.csv

The argument is the table of charge radii of the IAEA (https://www-nds.iaea.org/radii/) with columns Z, symbol, N, A, radius,
uncertainty. Masses, spins and moments are read from the package mendeleev, abundances from periodictable, which carry the
evaluations named in HEADER. The same versions give the same file, byte by byte.
"""

from __future__ import annotations

import csv
import re
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

# Without natural abundance: mirror partners of the light stable nuclei, cosmogenic and source isotopes, fuel and its products.
ARTIFICIAL = """
3H 7Be 8Li 8B 11C 14C 13N 15O 17F 19Ne 21Na 22Na 23Mg 25Al 26Al 27Si 29P 31S 33Cl 36Cl 35Ar 37Ar 39Ar 37K 39Ca 41Ca 41Sc
44Ti 51Cr 56Ni 60Co 65Zn 81Kr 85Kr 90Sr 144Ce 222Rn 226Ra 233U 236U 239U 237Np 239Np 239Pu 240Pu 241Pu 242Pu 241Am
"""

# The g factors of mendeleev are rounded to float32: the first four are known better, three have lost their sign. That of 13N
# and of 31S is not measured: with another than this one, mu(+1/2) + mu(-1/2) = J + 0.3796 <sum sigma> of the mirror pair would
# need <sum sigma> = 1.4 and 2.9.
MAGNETIC_MOMENT = {
    "1H": "2.792847351",
    "2H": "0.857438231",
    "3H": "2.97896246",
    "3He": "-2.12762531",
    "13N": "-0.3219",
    "27Si": "-0.8652",
    "31S": "-0.48793",
    "51Cr": "-0.934",
    "109Ag": "-0.13051",
}

# Of muonic hydrogen and deuterium: the table of 2013 is of before.
CHARGE_RADIUS = {(1, 1): ("0.8409", "0.0004"), (1, 2): ("2.12778", "0.00027")}

# The range of lithium is that of what has been depleted of 6Li: its midpoint is sold nowhere.
ABUNDANCE = {(3, 6): "0.0759", (3, 7): "0.9241"}

# 180Ta occurs in nature as its isomer 9-, 76.79(55) keV above the ground state: the excitation in u.
ISOMER_EXCITATION = 76.79e-6 / 0.93149410372

COLUMNS = "name Z A mass abundance spin parity magnetic_moment charge_radius charge_radius_uncertainty"
HEADER = """\
# Nuclides: every natural isotope, and those without natural abundance that the physics of this library names.
# Made by build_nuclides.py from mendeleev {mendeleev} and periodictable {periodictable}; do not edit by hand.
#
# mass              Atomic mass [u]. AME2020: M. Wang et al., Chin. Phys. C 45 (2021) 030003, table I.
# abundance         Mole fraction within the element. CIAAW, Isotopic compositions of the elements 2021, www.ciaaw.org:
#                   J. Meija et al., Pure Appl. Chem. 88 (2016) 293, table 1, with its later revisions. Of a range, the
#                   midpoint; N and Ar of air; Pb of Meija; Li representative, M. Berglund, M. E. Wieser, Pure Appl. Chem. 83
#                   (2011) 397, table 1, as the midpoint of its range, 6Li 0.0485, contradicts its conventional atomic weight,
#                   6.94. As published: the sum of an element differs from 1 by up to 1.1e-4.
# spin, parity      NUBASE2020: F. G. Kondev et al., Chin. Phys. C 45 (2021) 030001, table I.
# magnetic_moment   [nuclear magnetons]. N. J. Stone, IAEA INDC(NDS)-0794 (2019), table 1; 0 for spin 0, empty where none is
#                   listed. The signs for 13N and 31S are not measured: those here are of the sum rule of mirror nuclei.
# charge_radius     Root mean square, and its uncertainty [fm]. I. Angeli, K. P. Marinova, At. Data Nucl. Data Tables 99 (2013)
#                   69, table 1; empty where not measured. 1H of PDG 2022, 2H of CODATA 2022: muonic atoms.
# 180Ta is the isomer 180mTa, which is what occurs in nature: 76.79 keV, D. A. Nesterenko et al., arXiv:2205.10534 (2022).
"""


def published_abundances(text: str) -> dict[tuple[int, int], str]:
    """(Z, A) → the mole fraction as published, the midpoint for a range, from the CIAAW table that periodictable carries."""
    abundances = {}
    Z = 0
    for line in text.splitlines():
        fields = line.split()
        if not line[0].isspace():
            Z = int(fields[0])
        elif fields[1].startswith("["):
            low, high = fields[1].strip("[]").split(",")
            abundances[Z, int(fields[0])] = str((Decimal(low) + Decimal(high)) / 2)
        else:
            abundances[Z, int(fields[0])] = fields[1].partition("(")[0]
    return abundances


def magnetic_moment(g_factor: float | None, spin: Fraction) -> str:
    """μ = g J to the fewest decimals that agree with g within its float32 rounding; empty if unknown."""
    if spin == 0:
        return "0"
    if g_factor is None or g_factor != g_factor:
        return ""
    moment = g_factor * float(spin)
    # A float32 is good to 6e-8; the product g J was rounded twice on its way into the database.
    return next(f"{moment:.{n}f}" for n in range(2, 12) if abs(round(moment, n) / moment - 1) < 1.2e-7)


def charge_radii(path: str) -> dict[tuple[int, int], tuple[str, str]]:
    """(Z, A) → (radius, uncertainty) as printed."""
    with open(path, encoding="utf-8") as file:
        rows = csv.reader(line for line in file if not line.startswith("#"))
        return {(int(row[0]), int(row[3])): (row[4], row[5]) for row in rows if row[4]}


def main(angeli: str, output: Path) -> None:
    """Write the table to `output`."""
    import mendeleev
    import mendeleev.fetch
    import periodictable
    from periodictable.mass import isotope_abundance

    symbols: dict[int, str] = {element.number: element.symbol for element in periodictable.elements}
    abundances = published_abundances(isotope_abundance)
    radii = charge_radii(angeli)
    isotopes: Any = mendeleev.fetch.fetch_table("isotopes")

    numbers = {symbol: Z for Z, symbol in symbols.items()}
    wanted = set(abundances)
    for name in ARTIFICIAL.split():
        A, symbol = re.fullmatch(r"(\d+)([A-Z][a-z]?)", name).groups()  # type: ignore[union-attr]
        wanted.add((numbers[symbol], int(A)))

    rows = []
    for isotope in isotopes.itertuples():
        Z, A = int(isotope.atomic_number), int(isotope.mass_number)
        if (Z, A) not in wanted:
            continue
        name = f"{A}{symbols[Z]}"
        row: dict[str, Any] = {"name": name, "Z": Z, "A": A, "abundance": ABUNDANCE.get((Z, A)) or abundances.get((Z, A), "0")}
        if name == "180Ta":
            row["mass"] = f"{isotope.mass + ISOMER_EXCITATION:.9f}"
            row["spin"], row["parity"], row["magnetic_moment"] = "9", "-", ""
        else:
            row["mass"] = repr(float(isotope.mass))
            row["spin"], row["parity"] = isotope.spin, isotope.parity
            row["magnetic_moment"] = MAGNETIC_MOMENT.get(name, magnetic_moment(isotope.g_factor, Fraction(isotope.spin)))
        row["charge_radius"], row["charge_radius_uncertainty"] = CHARGE_RADIUS.get((Z, A)) or radii.get((Z, A), ("", ""))
        if row["parity"] not in ("+", "-"):
            raise SystemExit(f"{name} has no parity")
        rows.append(row)
    missing = wanted - {(row["Z"], row["A"]) for row in rows}
    if missing:
        raise SystemExit(f"not in mendeleev: {missing}")

    with output.open("w", encoding="utf-8", newline="\n") as file:
        file.write(HEADER.format(mendeleev=mendeleev.__version__, periodictable=periodictable.__version__))
        writer = csv.DictWriter(file, COLUMNS.split(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: (row["Z"], row["A"])))


if __name__ == "__main__":
    main(sys.argv[1], Path(__file__).with_name("nuclides.csv"))
