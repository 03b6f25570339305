"""Files of numbers in columns: what is read, what is refused and where, and how a mix-up of units shows in an integral."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cevns.errors import InputError
from cevns.files import check_integral, read_columns

FINITE = st.floats(allow_nan=False, allow_infinity=False)


def written(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    "text",
    [
        "energy,nue\n1,2\n3,4e-5\n",
        "energy nue\n1 2\n3 4e-5\n",
        "energy\tnue\r\n1\t2\r\n3\t4e-5\r\n",
        "  energy , nue  \n\n 1 , 2 \n\n3,4e-5",
        "# what it is, and from where\nenergy,nue # in MeV\n1,2 # first\n# 9,9\n3,4e-5\n",
        "\ufeffenergy,nue\n1,2\n3,4e-5\n",
    ],
    ids=["commas", "blanks", "tabs and CRLF", "empty lines", "comments", "byte order mark"],
)
def test_all_ways_to_write_two_columns_give_the_same_numbers(tmp_path, text):
    columns = read_columns(written(tmp_path / "a.csv", text))
    assert columns.names == ("energy", "nue")
    np.testing.assert_array_equal(columns.values, [[1.0, 2.0], [3.0, 4e-5]])


def test_lines_are_counted_as_an_editor_counts_them(tmp_path):
    columns = read_columns(written(tmp_path / "a.csv", "# one\n\nE,x\n1,2\n\n# six\n3,4\n"))
    assert (columns.header_line, columns.lines) == (3, (4, 7))


def test_a_file_without_a_header_has_no_names_and_loses_no_row(tmp_path):
    columns = read_columns(written(tmp_path / "a.txt", "# no header\n1 2 3\n4 5 6\n"))
    assert columns.names == ()
    assert columns.header_line == 2
    np.testing.assert_array_equal(columns.values, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


@pytest.mark.parametrize("last", ["3", "3,", "3,,", "3, , "])
def test_the_last_row_of_a_histogram_may_be_short(tmp_path, last):
    columns = read_columns(written(tmp_path / "a.csv", f"E,x,y\n1,2,3\n{last}\n"), short=True)
    np.testing.assert_array_equal(columns.values, [[1.0, 2.0, 3.0], [3.0, np.nan, np.nan]])


def test_the_last_row_of_a_histogram_may_be_whole(tmp_path):
    np.testing.assert_array_equal(read_columns(written(tmp_path / "a.csv", "1,2\n3,0\n"), short=True).values, [[1, 2], [3, 0]])


@given(st.lists(st.tuples(FINITE, FINITE), min_size=1, max_size=20), st.sampled_from([",", " ", "\t", " , "]))
def test_numbers_written_in_full_come_back_bit_for_bit(tmp_path_factory, rows, separator):
    path = tmp_path_factory.mktemp("numbers") / "a.csv"
    path.write_text("".join(f"{a!r}{separator}{b!r}\n" for a, b in rows), encoding="utf-8")
    np.testing.assert_array_equal(read_columns(path).values, rows)


@pytest.mark.parametrize(
    ("text", "short", "message"),
    [
        ("", False, "{path} is empty"),
        ("\n# nothing\n   \n", False, "{path} is empty"),
        ("# a\nenergy,nue\n", False, "{path} has no rows below its header in line 2"),
        ("E,x\n1,2\n3,4,5\n", False, "{path}, line 3: 2 columns expected (got 3)"),
        ("E,x\n1,2\n\n# four\n3\n", False, "{path}, line 5: 2 columns expected (got 1)"),
        ("E,x\n1,2\n3\n4,5\n", True, "{path}, line 3: 2 columns expected (got 1)"),  # short, but not the last
        ("E,x\n1,2\n3,4,5\n", True, "{path}, line 3: 2 columns expected (got 3)"),
        ("E,x\n1,2\n3,\n", False, "{path}, line 3: '' is not a number"),
        ("E,x\n1,2\n3,1.2.3\n", False, "{path}, line 3: '1.2.3' is not a number"),
        ("1 2\n3 four\n", False, "{path}, line 2: 'four' is not a number"),
        ("E;x\n1;2\n", False, "{path}, line 2: '1;2' is not a number"),
    ],
)
def test_wrong_files_are_refused_with_file_and_line(tmp_path, text, short, message):
    path = written(tmp_path / "a.csv", text)
    with pytest.raises(InputError, match=f"^{re.escape(message.format(path=path))}$"):
        read_columns(path, short=short)


def test_a_file_in_another_encoding_is_refused_by_name(tmp_path):
    path = written(tmp_path / "a.csv", "# at 25 m, ±1 %\n1,2\n", "latin-1")
    with pytest.raises(InputError, match=f"^{re.escape(str(path))} is not a text in UTF-8$"):
        read_columns(path)


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_columns(tmp_path / "none.csv")


# ---- the check of an integral -----------------------------------------------------------------------------------------

GEV = "GeV where MeV is expected"
KEV = "keV where MeV is expected"
M2 = "areas are m² where cm² is expected"
BOTH = "both energies are in GeV and areas are m²"
BINS = "contents of bins of 0.1 MeV stand where densities per MeV are expected, or densities"


@pytest.mark.parametrize("value", [4.0, 6.0, 8.0])
def test_a_possible_integral_passes(value):
    check_integral(value, 4.0, 8.0, "antineutrinos per fission", "a.csv")


# 6 antineutrinos of a fission, 4 to 8 possible, off by the factor of each mix-up in either direction
@pytest.mark.parametrize("sign", [1, -1], ids=["too many", "too few"])
@pytest.mark.parametrize(
    ("factor", "named", "not_named"),
    [
        (1e3, (GEV, KEV), (M2, BOTH, BINS)),
        (1e4, (M2,), (GEV, KEV, BOTH, BINS)),
        (1e7, (BOTH,), (GEV, KEV, M2, BINS)),
        (10.0, (BINS,), (GEV, KEV, M2, BOTH)),
        (17.0, (), (GEV, KEV, M2, BOTH, BINS)),
    ],
    ids=["energies", "areas", "both", "bins", "neither"],
)
def test_an_integral_off_by_a_mix_up_is_refused_and_says_by_which(factor, sign, named, not_named):
    with pytest.raises(InputError) as error:
        check_integral(6.0 * factor**sign, 4.0, 8.0, "antineutrinos per fission", "a.csv", bin_width=0.1)
    text = str(error.value)
    assert text.startswith(f"a.csv holds {6.0 * factor**sign:.4g} antineutrinos per fission, but 4 to 8 is possible")
    assert all(part in text for part in named)
    assert not any(part in text for part in not_named)
    assert ("perhaps" in text) == bool(named)


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0, -5.0])
def test_an_integral_that_is_no_number_or_none_is_refused(value):
    with pytest.raises(InputError, match=r"but 4 to 8 is possible$"):
        check_integral(value, 4.0, 8.0, "x", "a.csv", bin_width=0.1)


def test_bins_as_wide_as_the_unit_explain_nothing():
    with pytest.raises(InputError) as error:
        check_integral(9.0, 4.0, 8.0, "x", "a.csv", bin_width=1.5)
    assert "bins" not in str(error.value)
