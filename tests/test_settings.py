import pytest

from geomap.errors import InputError
from geomap.merging import DEFAULTS
from geomap.settings import MapSettings, Settings, read_settings


def test_without_a_file_the_defaults_hold(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert read_settings() == Settings()


def test_the_file_in_the_working_directory_is_read(tmp_path, monkeypatch):
    (tmp_path / "geomap.toml").write_text("[coreference]\nsame = 3\ndays = 1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = read_settings().coreference
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
        ("[map]\naccent = 'blue'\n", "accent = 'blue'"),
        ("[map]\ntitle = 3\n", "title = 3"),
        ("[map]\nlanguage = 'Arabic!'\n", "language = 'Arabic!'"),
        ("[map]\ncolor = '#123456'\n", "'color'"),
        ("map = 3\n", "'map'"),
        ("[coreference\n", "no TOML"),
        ("#" + "x" * 70_000, "larger"),
    ],
)
def test_what_means_nothing_is_named_with_the_file(tmp_path, content, named):
    path = tmp_path / "geomap.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as fault:
        read_settings(path)
    assert str(path) in str(fault.value)
    assert named in str(fault.value)


def test_a_missing_file_that_was_asked_for_is_an_error(tmp_path):
    with pytest.raises(InputError, match="settings"):
        read_settings(tmp_path / "none.toml")


def test_the_map_has_settings_of_its_own(tmp_path):
    path = tmp_path / "geomap.toml"
    path.write_text('[map]\ntitle = "Valley"\naccent = "#aa3311"\nlanguage = "ar"\n', encoding="utf-8")
    assert read_settings(path) == Settings(DEFAULTS, MapSettings("Valley", "", "#aa3311", "ar", None))
