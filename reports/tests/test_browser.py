"""The page as a person meets it: opened from disk in a headless Chromium."""

import math
from pathlib import Path

import pytest
from browser import Browser
from conftest import raw
from gauntlet_report.load import load_summary
from gauntlet_report.profiles import PROFILES
from gauntlet_report.render import render_report

LOOK = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
SHOWN = "[...document.querySelectorAll('{}')].filter(one => one.checkVisibility()).length"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    one = Browser(tmp_path_factory.mktemp("browser"))
    yield one
    one.close()


@pytest.fixture(scope="module")
def tab(browser, pages):
    """`everything` on a screen, with the script running."""
    one = browser.open(pages["everything"])
    yield one
    one.close()


@pytest.mark.parametrize("name", ["troubled", "many", "everything"])
def test_no_page_complains_asks_for_anything_or_scrolls_a_phone_sideways(browser, pages, name):
    one = browser.open(pages[name], width=375)
    assert one.run("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    one.run("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert one.run("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert one.troubles() == []
    one.close()


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_stands_out_from_what_lies_behind_it(browser, pages, dark):
    one = browser.open(pages["everything" if dark else "troubled"], dark=dark)
    one.run("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert one.run(LOOK) == []
    one.close()


def test_without_a_script_a_profile_can_be_chosen_and_everything_can_be_read(browser, pages):
    one = browser.open(pages["everything"], script=False)
    assert one.run(SHOWN.format(".profile")) == 1
    one.click("label:has(#choose-small)")
    assert one.run("document.querySelector('#profile-small').checkVisibility()")
    assert one.run(SHOWN.format(".profile")) == 1
    one.media("print")
    assert one.run(SHOWN.format(".profile")) == len(PROFILES)
    assert one.run(SHOWN.format("nav")) == 0
    one.close()


def test_the_filter_takes_a_runtime_out_of_charts_and_tables_and_puts_it_back(tab):
    marks = "[...document.querySelectorAll('main [data-runtime=\"io_uring\"]')]"
    assert tab.run(f"{marks}.some(one => one.closest('svg'))") and tab.run(f"{marks}.some(one => one.closest('table'))")
    box = '.filter input[value="io_uring"]'
    tab.click(".filter summary")
    # checkVisibility() takes a mark without a box for visible.
    seen = f"{marks}.filter(one => one.checkVisibility() && getComputedStyle(one).display !== 'none').length"
    before = tab.run(seen)
    tab.click(box)
    assert before and tab.run(seen) == 0
    assert tab.run("document.querySelector('.filter summary').textContent").startswith("Runtimes 4 of 5")
    tab.click(box)
    assert tab.run(seen) == before
    tab.click(".filter summary")


def test_a_key_hides_its_series_in_its_own_chart_alone(tab):
    tab.click("figure .key button")
    hidden = tab.run("[...new Set([...document.querySelectorAll('.muted')].map(one => one.closest('figure')))].length")
    assert hidden == 1
    assert tab.run("document.querySelector('figure .key button').getAttribute('aria-pressed')") == "false"
    tab.click("figure .key button")
    assert tab.run("document.querySelectorAll('.muted').length") == 0


def test_hovering_a_mark_shows_whose_it_is_and_its_figure(tab):
    tab.hover('.chart.wide [data-tip][data-runtime="io_uring"]')
    text = tab.run("document.querySelector('.tip:not([hidden])').innerText")
    assert text.startswith("io_uring") and any(letter.isdigit() for letter in text)
    assert tab.run("document.querySelectorAll('.dim').length") > 0
    tab.hover("h1")
    assert tab.run("document.querySelector('.tip').hidden") and tab.run("document.querySelectorAll('.dim').length") == 0


def test_a_click_widens_a_frame_and_a_search_says_how_much_it_found(tab):
    graph = "document.querySelector('.flame-of')"
    frames = f"[...{graph}.querySelectorAll('svg.frame')]"
    tab.run(f"{frames}.find(one => one.dataset.frame === '__send').dispatchEvent(new MouseEvent('click', {{bubbles: true}}))")
    shown = tab.run(f"{frames}.filter(one => one.style.display !== 'none').map(one => [one.dataset.frame, one.getAttribute('width')])")
    assert ["__send", "100%"] in shown and ["tcp_sendmsg_[k]", "100%"] in shown
    assert all(name not in ("epoll_wait", "memcpy") for name, _ in shown)
    tab.click(".flame-of button >> visible=true")
    assert tab.run(f"{frames}.filter(one => one.style.display === 'none').length") == 0
    tab.fill(".flame-of input >> visible=true", "TCP_send")
    assert tab.run(f"{graph}.querySelectorAll('.hit').length") == 1
    assert tab.run(f"{graph}.querySelector('output').textContent").endswith("% of the samples")


def test_a_link_unfolds_what_it_leads_to(tab):
    target = tab.run("""(() => {
      const one = [...document.querySelectorAll('details:not([open]) [id]')].find(one => one.tagName === 'ARTICLE');
      location.hash = one.id;
      return new Promise(done => setTimeout(() => done(one.checkVisibility()), 100));
    })()""")
    assert target is True


def test_other_weights_rank_by_the_published_formula(browser, pages):
    tab = browser.open(pages["many"])
    score = tab.run("""(() => {
      const table = document.querySelector('#profile-api .ranks');
      const sliders = [...document.querySelectorAll('#profile-api .weights input')];
      sliders.forEach((one, place) => { one.value = place ? 0 : 100; one.dispatchEvent(new Event('input')); });
      const last = table.tBodies[0].lastElementChild;
      return [last.dataset.logs.split(' ')[0], last.querySelector('.score b').textContent];
    })()""")
    assert float(score[1].rstrip("×")) == pytest.approx(math.exp(float(score[0])), abs=1e-3) and score[1] != "1.000×"
    tab.click("#profile-api summary:has-text('Try other weights')")
    tab.click("#profile-api .weights button")
    assert tab.run("document.querySelector('#profile-api .weights input').value") == "40"
    tab.close()


@pytest.mark.usefixtures("undrawn")
def test_names_with_markup_stay_names_in_the_filter(browser, write):
    summary = raw("full")
    for runtime in summary["runtimes"]:
        runtime["name"] = f"<img src=x onerror=alert(1)>{runtime['name']}"
    one = browser.open(render_report(load_summary(write(summary))))
    assert one.run("document.querySelectorAll('img').length") == 0 and one.troubles() == []
    assert one.run("document.querySelector('.filter .runtime').textContent").startswith("<img")
    one.close()


def test_nothing_of_all_this_stood_on_the_console(tab):
    assert tab.troubles() == []
