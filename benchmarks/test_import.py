"""What `import cevns`, and a first rate, cost a program that has imported NumPy."""

SCRIPT = """
import time
start = time.perf_counter()
import numpy
middle = time.perf_counter()
import cevns
{use}
print(middle - start, time.perf_counter() - middle)
"""
FIRST_RATE = """
flux = cevns.Flux.from_table([1.0, 50.0], {"nue": [1.0, 0.0]})
cevns.rate(flux, cevns.Target("CsI"), threshold=1.0)
"""


def test_import(gate, in_new_process):
    """A fresh interpreter for each turn, of the same installation; both times come from the same process."""

    def turn():
        return in_new_process(SCRIPT.format(use=""))

    gate("import_cevns", "any", 1, turn, turn, rounds=5)


def test_first_rate(gate, in_new_process):
    """What is imported when it is asked for, with the tables of nuclides."""

    def turn():
        return in_new_process(SCRIPT.format(use=FIRST_RATE))

    gate("first_rate", "any", 1, turn, turn, rounds=5)
