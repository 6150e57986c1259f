import pytest

from geomap.errors import InputError
from geomap.merging import DEFAULTS
from geomap.settings import read_thresholds


def test_without_a_file_the_defaults_hold(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert read_thresholds() == DEFAULTS


def test_the_file_in_the_working_directory_is_read(tmp_path, monkeypatch):
    (tmp_path / "geomap.toml").write_text("[coreference]\nsame = 3\ndays = 1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = read_thresholds()
    assert (found.same, found.days, found.km) == (3, 1, DEFAULTS.km)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("[coreference]\nsame = 'much'\n", "same = 'much'"),
        ("[coreference]\ndays = 1.5\n", "days = 1.5"),
        ("[coreference]\nkm = -1\n", "km = -1"),
        ("[coreference]\nkm = true\n", "km = True"),
        ("[coreference]\nkm = inf\n", "km = inf"),
        ("[coreference]\nmiles = 3\n", "'miles'"),
        ("[merging]\nkm = 3\n", "'merging'"),
        ("coreference = 3\n", "'coreference'"),
        ("[coreference\n", "no TOML"),
        ("#" + "x" * 70_000, "larger"),
    ],
)
def test_what_means_nothing_is_named_with_the_file(tmp_path, content, named):
    path = tmp_path / "geomap.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as fault:
        read_thresholds(path)
    assert str(path) in str(fault.value)
    assert named in str(fault.value)


def test_a_missing_file_that_was_asked_for_is_an_error(tmp_path):
    with pytest.raises(InputError, match="settings"):
        read_thresholds(tmp_path / "none.toml")
