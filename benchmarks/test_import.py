"""What `import cevns` costs a program that has imported NumPy."""

SCRIPT = """
import time
start = time.perf_counter()
import numpy
middle = time.perf_counter()
import cevns
print(middle - start, time.perf_counter() - middle)
"""


def test_import(gate, in_new_process):
    """A fresh interpreter for each turn, of the same installation; both times come from the same process."""

    def turn():
        return in_new_process(SCRIPT)

    gate("import_cevns", "any", 1, turn, turn, rounds=5)
