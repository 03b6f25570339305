"""Files of numbers in columns: what is read, what is refused and where, and how a mix-up of units shows in an integral."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cevns.data.columns import check_integral, number_of, path_of, read_columns, unit_in
from cevns.errors import InputError

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
        ("", False, "{path}, line 1: the file is empty"),
        ("\n# nothing\n   \n", False, "{path}, line 1: the file is empty"),
        ("# a\nenergy,nue\n", False, "{path}, line 2: the file has no rows below its header"),
        ("E,x\n1,2\n3,4,5\n", False, "{path}, line 3: 2 columns expected (got 3)"),
        ("E,x\n1,2\n\n# four\n3\n", False, "{path}, line 5: 2 columns expected (got 1)"),
        ("E,x\n1,2\n3\n4,5\n", True, "{path}, line 3: 2 columns expected (got 1)"),  # short, but not the last
        ("E,x\n1,2\n3,4,5\n", True, "{path}, line 3: 2 columns expected (got 3)"),
        ("E,x\n1,2\n3,\n", False, "{path}, line 3: '' is not a number: column 'x' is empty"),
        ("E,x\n1,2\n3,1.2.3\n", False, "{path}, line 3: '1.2.3' is not a number"),
        ("1 2\n3 four\n", False, "{path}, line 2: 'four' is not a number"),
        ("1 2\n3 1_000\n", False, "{path}, line 2: '1_000' is not a number"),
        (
            "E;x\n1;2\n",
            False,
            "{path}, line 2: columns are separated by ';', and decimals perhaps by commas: save the file with ',' between "
            "columns and '.' in numbers",
        ),
    ],
)
def test_wrong_files_are_refused_with_file_and_line(tmp_path, text, short, message):
    path = written(tmp_path / "a.csv", text)
    with pytest.raises(InputError, match=f"^{re.escape(message.format(path=path))}$"):
        read_columns(path, short=short).values  # noqa: B018 (cells are refused when they are asked for)


def test_a_file_in_another_encoding_is_refused_by_name(tmp_path):
    path = written(tmp_path / "a.csv", "# at 25 m, ±1 %\n1,2\n", "latin-1")
    message = f"{path}, line 1: the file is not a text in UTF-8 (got the byte 0xb1)"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        read_columns(path)


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_columns(tmp_path / "none.csv")


# ---- dialects ------------------------------------------------------------------------------------------------------------

DIALECTS = {
    "trailing commas": "energy,nue,\n1,2,\n3,4e-5,\n",
    "trailing commas of some lines": "energy,nue,\n1,2\n3,4e-5,,\n",
    "quotes": '"energy","nue"\n"1","2"\n"3","4e-5"\n',
    "quotes and blanks": '"energy" "nue"\n"1" 2\n3 "4e-5"\n',
    "quotes and tabs": '"energy"\t"nue"\n"1"\t"2"\n"3"\t"4e-5"\n',
    "Fortran": "energy nue\n 0.1D+01 2.0d0\n3.D0 0.4D-04\n",
    "Fortran in quadruple precision": "energy nue\n0.1Q+01 2\n3 4q-5\n",
    "a commented header": "# energy,nue\n1,2\n3,4e-5\n",
    "a commented header of blanks over commas": "# energy nue\n1,2\n3,4e-5\n",
    "a commented header of commas over blanks": "# energy,nue\n1 2\n3 4e-5\n",
    "a comment below the header": "# energy,nue\n# taken from a figure\n1,2\n3,4e-5\n",
    "saved by a spreadsheet": '"# what it is, where from",\r\nenergy,nue\r\n1,2\r\n3,4E-05\r\n,\r\n',
    "with the separator of a spreadsheet": "sep=,\nenergy,nue\n1,2\n3,4e-5\n",
    "of an old Macintosh": "energy,nue\r1,2\r3,4e-5\r",
}


@pytest.mark.parametrize("text", DIALECTS.values(), ids=DIALECTS)
def test_tables_are_read_as_others_write_them(tmp_path, text):
    columns = read_columns(written(tmp_path / "a.csv", text))
    assert columns.names == ("energy", "nue")
    np.testing.assert_array_equal(columns.values, [[1.0, 2.0], [3.0, 4e-5]])


@pytest.mark.parametrize("delimiter", [" ", ","])
@pytest.mark.parametrize("header", ["energy,nue", "energy nue", "made by me\nenergy nue", ""])
def test_what_savetxt_writes_is_read_with_its_header(tmp_path, header, delimiter):
    values = np.array([[1.0, 2.0], [3.0, 4e-5]])
    np.savetxt(tmp_path / "a.txt", values, header=header, delimiter=delimiter)
    columns = read_columns(tmp_path / "a.txt")
    assert columns.names == (("energy", "nue") if header else ())
    np.testing.assert_array_equal(columns.values, values)


def test_three_digits_of_an_exponent_leave_no_room_for_its_letter(tmp_path):
    # Fortran prints 1.5E-103 as 1.5-103; 1-103 is a range, and no number
    np.testing.assert_array_equal(read_columns(written(tmp_path / "a.txt", "1.5-103 2.0+100\n")).values, [[1.5e-103, 2e100]])
    with pytest.raises(InputError, match=r"line 1: '1-103' is not a number"):
        read_columns(written(tmp_path / "a.txt", "1-103 2\n")).values  # noqa: B018


@pytest.mark.parametrize("text", ["E,x,y\n1,,2\n3,5,4\n", "E,x,y\n1,n/a,2\n3,5,4\n", "E\tx\ty\n1\t\t2\n3\t5\t4\n"])
def test_only_columns_that_are_asked_for_must_be_numbers(tmp_path, text):
    columns = read_columns(written(tmp_path / "a.csv", text))
    np.testing.assert_array_equal(columns.column(0), [1.0, 3.0])
    np.testing.assert_array_equal(columns.column(2), [2.0, 4.0])
    with pytest.raises(InputError, match=r"a.csv, line 2: '(n/a)?' is not a number"):
        columns.column(1)
    with pytest.raises(InputError, match=r"a.csv, line 2: "):
        columns.values  # noqa: B018


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"E;x\n0,0;1,0\n", "line 2: columns are separated by ';', and decimals perhaps by commas"),
        (b"0.5;1\n", "line 1: columns are separated by ';'"),
        (b"E x\n0,5 1,5\n", "perhaps commas stand in numbers for decimal points"),
        (b"E\tx\n0,5\t1,5\n", "line 2: '0,5' is not a number: perhaps commas stand in numbers for decimal points"),
        (b'E,x\n"0,5","1,5"\n', "line 2: '0,5' is not a number: perhaps commas stand in numbers for decimal points"),
        ("E,x\n1,2\n".encode("utf-16"), "line 1: the text is UTF-16"),
        ("E,x\n1,2\n".encode("utf-16-le"), "line 1: the file is not a text in UTF-8 (got a null byte: perhaps it is UTF-16)"),
        ("E,x\n1,±2\n".encode("latin-1"), "line 2: the file is not a text in UTF-8 (got the byte 0xb1)"),
        (b"PK\x03\x04", ", line 1: the file is no text but a compressed file"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_recognised_and_said(tmp_path, content, message):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_columns(path).values  # noqa: B018
    assert message in str(error.value)
    assert str(path) in str(error.value)
    assert len(str(error.value).replace(str(path), "")) <= 300


@pytest.mark.parametrize(
    ("name", "unit"),
    [("E_keV", "keV"), ("energy [GeV]", "GeV"), ("Energy (MeV)", "MeV"), ("E_keV_ee", "keV"), ("T keV", "keV"), ("eV", None),
     ("energy", None), ("E_nu", None)],
)  # fmt: skip
def test_the_unit_of_a_column_stands_in_its_name(name, unit):
    assert unit_in(name) == unit


def test_numbers_have_no_underscores():
    assert number_of("1000") == 1000.0
    for text in ("1_000", "1_0e1_0", "", "x", "1,5", "١", "１"):
        with pytest.raises(ValueError, match=r"."):
            number_of(text or "_")


@pytest.mark.parametrize("path", [3, None, "", "a\0b", "\ud800", 1.5, ["a"]])
def test_what_is_no_path_is_refused_by_name(path):
    with pytest.raises(InputError, match=r"^path must be the name of a file"):
        path_of(path)


# ---- the check of an integral -----------------------------------------------------------------------------------------

GEV = "energies are in GeV"
KEV = "energies are in keV"
M2 = "areas are m²"
BOTH = "both, energies in GeV and areas in m²"
BINS = "contents of bins of 0.1 MeV stand for densities per MeV, or densities"


@pytest.mark.parametrize("value", [4.0, 6.0, 8.0])
def test_a_possible_integral_passes_and_one_beyond_either_end_does_not(value):
    check_integral(value, 4.0, 8.0, "antineutrinos per fission", "a.csv")
    for low, high in ((value * 1.01, 2 * value), (value / 2, value * 0.99)):
        with pytest.raises(InputError, match=r"^a\.csv.*antineutrinos per fission"):
            check_integral(value, low, high, "antineutrinos per fission", "a.csv")


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


def test_a_flux_per_steradian_of_the_whole_sky_is_recognised():
    for factor in (4 * np.pi, 4 * np.pi / 1e4):
        with pytest.raises(InputError, match=r"per steradian \(sr\)"):
            check_integral(6.0 / factor, 4.0, 8.0, "cm⁻² s⁻¹", "a.csv", sky=True)
