import html as markup
import re

import html5lib
import pytest
from conftest import NAMES, raw
from gauntlet_report.load import load_summary
from gauntlet_report.render import render_report
from page import Page


@pytest.mark.parametrize("name", ["troubled", "nothing", "everything"])
def test_a_page_is_valid_html(pages, name):
    html5lib.HTMLParser(strict=True).parse(pages[name])


def text_of(html):
    return Page(html).text


@pytest.mark.parametrize("name", [*NAMES, "many", "everything"])
def test_a_page_is_well_formed(pages, name):
    page = Page(pages[name])
    assert page.errors == []
    assert len(page.ids) == len(set(page.ids))
    targets = {link[1:] for link in page.links if link.startswith("#")} | set(page.references)
    assert targets <= set(page.ids)


@pytest.mark.parametrize("name", [*NAMES, "many", "everything"])
def test_a_page_loads_nothing_and_has_one_script_of_its_own(pages, name):
    page = Page(pages[name])
    assert all(link.startswith("#") or link == "data:," for link in page.links)
    assert not re.search(r"https?://|@import|url\((?!#)", pages[name])
    assert page.named("script") == [{}] and pages[name].count("<script") == 1
    assert not any(key.startswith("on") for _, found in page.tags for key in found)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_small(pages, name):
    assert len(pages[name].encode()) < 1_000_000


def test_every_cell_has_its_charts_with_a_table_behind_each(pages):
    page = Page(pages["full"])
    # One per cell; p99, Pareto and percentiles in the two open loops; CPU in both of them.
    assert len(page.named("figure")) == 4 + 2 * 3 + 1
    assert pages["full"].count("Table behind this chart") == len(page.named("figure"))
    drawn = [svg for svg in page.named("svg") if svg.get("role") == "img"]
    assert len(drawn) == 2 * len(page.named("figure")) and all(svg["aria-labelledby"] for svg in drawn)


def test_the_verdict_comes_first_with_interval_and_noise_beside_it(pages):
    text = text_of(pages["full"])
    verdict = text.index("lower CPU per request than single_loop")
    assert text.index("Verdict") < verdict < text.index("All figures")
    assert re.search(r"io_uring\s+5\.6\s% lower CPU", text)
    assert re.search(r"interval −8\.7\s…\s−4\.2\s%\s*noise floor −1\.9\s…\s\+3\.0\s%", text)
    assert "6 paired rounds" in text and "of floor_epoll" in text
    assert "Of 6 verdicts: io_uring leads 2, 4 tied." in text


def test_ties_and_caught_controls_are_shown_as_such(pages):
    text = text_of(pages["full"])
    assert "no difference in idle CPU above the noise" in text
    assert "caught Negative control busy_wait : idle CPU is 99.9 %, at most 5 % is allowed" in text
    assert "not caught" not in text


def test_troubles_are_named(pages):
    text = text_of(pages["troubled"])
    for words in ("none of 6 verdicts is settled", "31 runs of 114 missing", "single_loop broke a must in busy_wait/mixed",
                  "The negative control busy_wait was not caught in busy_wait/mixed", "no figure",
                  "4 paired rounds; no word from fewer than 6", "io_uring_disabled=2", "2 of 6 runs failed"):
        assert words in text, words
    pills = re.findall(r'class="pill ([a-z-]+)"', pages["troubled"])
    assert {"unstable", "invalid", "skipped", "failed", "broken", "not-caught", "missed"} <= set(pills)


def test_stderr_tails_are_escaped(pages):
    assert "&lt;open&gt;" in pages["troubled"] and "<open>" not in pages["troubled"]
    assert "Aborted (core dumped)" in pages["troubled"]


def test_what_was_not_run_is_named_with_its_reason(pages):
    text = text_of(pages["troubled"])
    assert "multi_loop in every cell needs 2 CPUs, 1 is free" in text
    assert "io_uring in load/http-open, load/http-closed and busy_wait/mixed io_uring_setup: Operation not" in text
    assert "31 planned runs the bench was stopped before them" in text
    assert "no contender ran twice" in text_of(pages["one_runtime"])


def test_one_runtime_is_told_by_its_distance_to_the_floor(pages):
    text = text_of(pages["one_runtime"])
    assert "there is nothing to compare it with" in text and "1.070× of floor_epoll" in text


def test_an_empty_directory_says_what_is_missing(pages):
    text = text_of(pages["nothing"])
    assert "Nothing was measured." in text and re.search(r"gauntlet bench --resume \S+/nothing", text) and "How to read this" in text


def test_environment_warnings_are_highlighted_and_the_command_is_given(pages):
    assert pages["full"].count('class="warned"') == 2
    assert "<pre tabindex=\"0\">git checkout 3f9a1c2e7b\nmake bench</pre>" in pages["full"]


def test_figures_carry_units_and_ratios(pages):
    text = text_of(pages["full"])
    assert re.search(r"CPU per request µs, lower is better", text)
    assert re.search(r"RSS peak MiB, lower is better", text)
    assert re.search(r"8\.99\s+1\.070×\s+8\.92–9\.27", text)


WORDS = {"ok", "failed", "a", "aa", "must", "headline", "lower", "higher", "contender", "reference", "negative_control",
         "same", "faster", "slower"}


def hostile(value, evil):
    """The same summary with `evil` in place of every name and every text a reader sees."""
    if isinstance(value, dict):
        return {(evil + key if key == "tasks" else key): hostile(item, evil) for key, item in value.items()}
    if isinstance(value, list):
        return [hostile(item, evil) for item in value]
    return evil + value if isinstance(value, str) and value not in WORDS else value


@pytest.mark.parametrize("name", ["full", "troubled"])
def test_names_with_markup_are_escaped_everywhere(write, name):
    evil = "\"'></title></style><script>alert(1)</script>&{{ 7*7 }}"
    summary = raw(name)
    schema = summary.pop("schema")
    summary["cells"] = summary["cells"][::3]
    html = render_report(load_summary(write({"schema": schema, **hostile(summary, evil)})))
    page = Page(html)
    assert page.errors == [] and page.named("script") == [{}] and html.count("<script") == 1
    assert "{{ 7*7 }}" in html and markup.escape("<script>") in html


def test_sparse_summaries_are_shown_without_complaint(write):
    cell = {"cell": "x/y", "columns": [{"runtime": "r"}], "primary": "p", "ranking": [["r", "ghost"]]}
    for summary in ({"runtimes": [], "cells": []}, {"runtimes": [{"name": "r"}], "cells": [{}]},
                    {"runtimes": [{"name": "r"}], "cells": [cell]},
                    {"runtimes": [], "cells": [{**cell, "columns": []}], "failures": [{}]}):
        assert Page(render_report(load_summary(write({"schema": "gauntlet.summary/1", **summary})))).errors == []


@pytest.mark.usefixtures("undrawn")
def test_a_swap_of_two_runtimes_swaps_the_page(write):
    text = (write(raw("full")) / "summary.json").read_text(encoding="utf-8")
    swapped = text.replace("io_uring", "\0").replace("single_loop", "io_uring").replace("\0", "single_loop")
    page = text_of(render_report(load_summary(write(swapped))))
    assert "single_loop leads 2" in page and "than io_uring" in page


def test_two_renderings_are_the_same_to_the_byte(pages, write):
    assert render_report(load_summary(write(raw("full")))) == pages["full"]
