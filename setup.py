"""The compiled half of cevns: the C kernels as one static library, and one extension for each stage of the data flow.

What Cython needs for views of arrays is an extension of its own, which the others share: in each it would be half of the build.
CEVNS_LIMITED_API=1 builds one wheel for every CPython >= 3.11 (not for free-threaded builds).
"""

import os
import sysconfig
from glob import glob

from Cython.Build import cythonize
from setuptools import Extension, setup

STAGES = [
    "isa",
    "special",
    "kinematics",
    "form_factors",
    "cross_sections",
    "matter",
    "beta_decay",
    "panels",
    "moments",
    "engine",
    "scans",
]
HEADERS = sorted(glob("src_c/*.h") + glob("src_c/kernels/*.h"))
# Contraction is off and every fused multiply-add written out: the same bits on every machine. No -ffast-math, no -march.
CFLAGS = ["-O3", "-std=c11", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off", "-fvisibility=hidden", "-g0"]
LIMITED_API = bool(os.environ.get("CEVNS_LIMITED_API")) and not sysconfig.get_config_var("Py_GIL_DISABLED")
MACROS = [("Py_LIMITED_API", "0x030B0000"), ("CYTHON_LIMITED_API", "1")] if LIMITED_API else []

kernels = (
    "cevns_kernels",
    {"sources": sorted(glob("src_c/*.c")), "include_dirs": ["src_c"], "cflags": CFLAGS, "obj_deps": {"": HEADERS}},
)


def extension(name, source, **options):
    # -g0: Python's own flags ask for debugging symbols, two thirds of a wheel
    flags = {"define_macros": MACROS, "extra_compile_args": ["-O2", "-g0"], "py_limited_api": LIMITED_API}
    return Extension(f"cevns._core.{name}", [source], **flags, **options)


kernels_too = {"include_dirs": ["src_c"], "libraries": ["cevns_kernels"], "depends": [*HEADERS, *glob("src_c/*.c")]}
extensions = [extension(stage, f"cevns/_core/{stage}.pyx", **kernels_too) for stage in STAGES]
extensions.append(extension("_views", "cevns/_core/_views.c"))  # which Cython writes

setup(
    libraries=[kernels],
    ext_modules=cythonize(
        extensions,
        build_dir="build/cython",
        shared_utility_qualified_name="cevns._core._views",
        compiler_directives={
            "language_level": 3,
            "boundscheck": False,
            "wraparound": False,
            "cdivision": True,
            "initializedcheck": False,
            "freethreading_compatible": True,
            "embedsignature": True,
        },
    ),
    options={"build_ext": {"parallel": True}} | ({"bdist_wheel": {"py_limited_api": "cp311"}} if LIMITED_API else {}),
)
