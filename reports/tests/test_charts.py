import math
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from itertools import combinations

import pytest
from gauntlet_report.charts import rows, tails
from gauntlet_report.charts.base import FORMATS, NARROW, WIDE
from gauntlet_report.charts.marks import symbols
from gauntlet_report.model import Runtime
from gauntlet_report.palette import (ALL_MARKS, DARK, LIGHT, REFERENCE_DARK, REFERENCE_LIGHT, SLOTS, SURFACE,
                                     Palette)

PALETTE = Palette([Runtime(f"r{index}", "contender", True, "") for index in range(20)]
                  + [Runtime("control", "negative_control", True, "")])


def row(index, median, role="contender", **more):
    values = () if median is None else (median * 0.98, median, median * 1.02)
    return rows.Row(label=f"r{index}", look=PALETTE.look(f"r{index}"), role=role, median=median,
                    low=values[0] if values else None, high=values[-1] if values else None, values=values,
                    shown="x", beside="", **more)


def control(median):
    return replace(row(0, median, "negative_control"), label="control", look=PALETTE.look("control"))


def draw_rows(*given, limits=(), form=WIDE, title="T"):
    return rows.draw(list(given), list(limits), "r1", form, "id", title, "D")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("given", [
    [row(0, 4.6), row(1, 4.4, "reference"), control(9.9)], [row(0, 0.0), row(1, 0.0)],
    [row(0, None, note="skipped: no")], [row(0, 1e-7), row(1, 5e9)], [row(0, -3.0)], [row(i, 5.0) for i in range(20)]])
def test_rows_of_any_size_become_well_formed_svg(given, form):
    svg = draw_rows(*given, limits=[rows.Limit(5.0, "must ≤ 5", True)], form=form)
    root = ElementTree.fromstring(svg)
    assert root.tag == "svg" and root.get("viewBox").split()[2] == str(form.width)
    assert [child.tag for child in root][:2] == ["title", "desc"]
    for item in given:
        assert f">{item.label}</text>" in svg and (not item.note or item.note in svg)


def test_no_stand_in_colour_and_no_font_of_matplotlib_is_left():
    svg = draw_rows(row(0, 4.6), row(1, 4.4, "reference"), row(2, None, note="failed"),
                    limits=[rows.Limit(4.5, "headline ≤ 4.5", False)])
    assert not re.search(r"#0[12]0[123][0-9a-f]{2}", svg)
    assert set(re.findall(r"#[0-9a-f]{6}\b", svg)) <= {"#000000", "#ffffff"} and "DejaVu" not in svg
    assert f"var(--{PALETTE.look('r0').colour})" in svg and "var(--ink)" in svg and "<style" not in svg


def test_text_with_markup_is_escaped_in_a_chart():
    nasty = replace(row(0, 4.6), label="<script>$x$", shown="<b>")
    svg = draw_rows(nasty, title="</title><script>")
    assert "<script" not in svg and "&lt;script&gt;$x$" in svg and "<b>" not in svg


def test_a_negative_control_far_off_does_not_set_the_axis():
    given = [row(0, 4.6), row(1, 4.4, "reference"), control(990.0)]
    low, high = rows.span(given, [])
    assert low <= 4.3 and 4.7 <= high < 10
    assert "beyond the axis" in draw_rows(*given)


def test_small_differences_do_not_fill_the_axis():
    low, high = rows.span([row(0, 100.0), row(1, 100.1)], [])
    assert high - low > 15


def test_only_a_wide_range_of_positive_figures_gets_a_logarithmic_axis():
    assert rows.is_logarithmic([row(0, 1.0), row(1, 100.0)])
    assert not rows.is_logarithmic([row(0, 1.0), row(1, 2.0)])
    assert not rows.is_logarithmic([row(0, 0.0), row(1, 100.0)])


@pytest.mark.parametrize("form", FORMATS)
def test_tails_draw_corrected_solid_and_uncorrected_dashed(form):
    corrected, uncorrected = ((0.5, 100.0), (0.99, 300.0), (1.0, 9000.0)), ((0.5, 90.0), (0.99, 120.0))
    curve = tails.Curve("r0", PALETTE.look("r0"), corrected, uncorrected)
    svg = tails.draw([curve], form, "id", "T", "D")
    ElementTree.fromstring(svg)
    assert svg.count("stroke-dasharray") >= 1 and ("r0</text>" in svg) == (form is not NARROW)


@pytest.mark.parametrize("points", [((0.5, 100.0),), ((0.0, 5.0), (0.5, 5.0))])
def test_tails_with_few_points_can_be_drawn(points):
    ElementTree.fromstring(tails.draw([tails.Curve("r0", PALETTE.look("r0"), points, ())], WIDE, "id", "T", "D"))


def test_names_at_the_edge_are_moved_apart_in_their_order():
    placed = tails.spread([50.0, 51.0, 49.0, 100.0], 10, 0, 100)
    order = sorted(placed)
    assert all(high - low >= 10 - 1e-9 for low, high in zip(order, order[1:])) and max(placed) <= 100
    assert placed[2] < placed[0] < placed[1] < placed[3]


def test_each_runtime_keeps_its_own_look():
    looks = [PALETTE.look(f"r{index}") for index in range(20)]
    assert len({(look.colour, look.mark) for look in looks}) == 20
    pair = [Runtime("r0", "contender", True, ""), Runtime("floor", "reference", True, "")]
    assert Palette(pair).look("r0") == Palette(pair[::-1]).look("r0") == looks[0]
    assert PALETTE.look("stranger").colour == "other"


def linear(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def luminance(colour):
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# Machado, Oliveira and Fernandes 2009, full deficiency, on linear RGB.
VISIONS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
TO_CONES = ((0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566),
            (0.0883024619, 0.2817188376, 0.6299787005))
TO_OKLAB = ((0.2104542553, 0.7936177850, -0.0040720468), (1.9779984951, -2.4285922050, 0.4505937099),
            (0.0259040371, 0.7827717662, -0.8086757660))


def times(matrix, vector):
    return [sum(a * b for a, b in zip(line, vector)) for line in matrix]


def oklab(colour, vision):
    seen = times(VISIONS[vision], linear(colour))
    return times(TO_OKLAB, [part ** (1 / 3) for part in times(TO_CONES, [min(1, max(0, part)) for part in seen])])


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_twelve_colours_stay_apart_whatever_the_eyes(colours, vision):
    assert len(colours) == 12
    for one, other in combinations(colours, 2):
        assert math.dist(oklab(one, vision), oklab(other, vision)) > 0.07, (one, other)


@pytest.mark.parametrize("theme, colours", [("light", LIGHT + REFERENCE_LIGHT), ("dark", DARK + REFERENCE_DARK)])
def test_every_colour_stands_out_from_its_background(theme, colours):
    back = luminance(SURFACE[theme])
    for colour in colours:
        low, high = sorted((luminance(colour), back))
        assert (high + 0.05) / (low + 0.05) >= 3, colour


def test_a_known_runtime_looks_the_same_whoever_else_is_there():
    everyone = [Runtime(name, "contender", True, "") for name in SLOTS]
    mine = [Runtime(name, "contender", True, "") for name in ("of_my_own", "fallback", "io_uring")]
    all_looks, few = Palette(everyone), Palette(mine)
    assert len({all_looks.look(name) for name in SLOTS}) == len(SLOTS)
    assert few.look("io_uring") == all_looks.look("io_uring") and few.look("fallback") == all_looks.look("fallback")
    assert few.look("of_my_own") not in {all_looks.look(name) for name in SLOTS}
    many = Palette([*everyone, *(Runtime(f"own{place}", "contender", True, "") for place in range(60))])
    assert len({many.look(name) for name in (*SLOTS, *(f"own{place}" for place in range(60)))}) == 60 + len(SLOTS)


def test_the_page_has_a_symbol_for_each_mark():
    assert symbols().count("<symbol") == len(ALL_MARKS)
    ElementTree.fromstring(symbols())
