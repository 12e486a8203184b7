import pytest
from gauntlet_report import wording
from gauntlet_report.model import Comparison
from gauntlet_report.strip import place_on, strip_axis
from gauntlet_report.wording import Scale


@pytest.mark.parametrize("value, text", [
    (None, "–"), (0, "0"), (4.6, "4.60"), (18.44, "18.4"), (184.2, "184"), (999.7, "1,000"), (8001.5, "8,002"),
    (0.62, "0.620"), (0.0123, "0.0123"), (0.00001, "1e-05"), (-4.6, "-4.60"), (9.9996, "10.0"), (1e18, "1.00e+18")])
def test_a_figure_has_three_significant_digits(value, text):
    assert wording.figure(value) == text


@pytest.mark.parametrize("unit, values, text", [
    ("us", [4.6, 900], "4.60\u202fµs"), ("us", [12000, 90000], "12.0\u202fms"), ("bytes", [6.4e6], "6.10\u202fMiB"),
    ("requests/s", [8001], "8,001\u202frequests/s"), ("percent", [0, 99.8], "0\u202f%"), ("count", [3], "3"),
    ("us", [3], "3.00\u202fµs"), ("us", [], "–")])
def test_a_unit_is_scaled_by_the_smallest_figure(unit, values, text):
    assert Scale.of(unit, values).with_unit(values[0] if values else None) == text


@pytest.mark.parametrize("name, label", [
    ("subject_cpu_us_per_request", "CPU per request"), ("latency_p999_us", "Latency p99.9"),
    ("throughput_rps", "Throughput"), ("rss_peak_bytes", "RSS peak"), ("throughput_ops", "Throughput"),
    ("cheap_p99_with_burns_of_20_ms_us", "Cheap p99 with burns of 20 ms"), ("idle_wakeups_count", "Idle wakeups"),
    ("goodput_at_500_percent_rps", "Goodput at 500 %"), ("us", "Us"), ("", "")])
def test_a_metric_is_named_without_its_unit(name, label):
    assert wording.metric_label(name) == label


@pytest.mark.parametrize("value, text", [
    (1.0, "0\u202f%"), (0.926, "−7.4\u202f%"), (1.5, "+50\u202f%"), (3.2, "3.200×"), (0.25, "0.250×"),
    (None, "–")])
def test_a_change_is_a_percentage_up_to_a_doubling_and_then_a_factor(value, text):
    assert wording.change(value) == text


@pytest.mark.parametrize("value, expected", [
    (0.926, ("7.4\u202f%", "lower")), (1.25, ("25\u202f%", "higher")), (0.25, ("4.00 times", "lower")),
    (0, ("clearly", "lower"))])
def test_a_difference_says_how_much_and_which_way(value, expected):
    assert wording.difference(value) == expected


def comparison(ratio, low, high):
    return Comparison("m", "a", "b", ratio, low, high, 6, 0.99, 1.01, "slower", "")


@pytest.mark.parametrize("better, ratio, low, high", [("lower", 1.08, 1.05, 1.1), ("higher", 0.92, 0.9, 0.95)])
def test_worse_lies_to_the_right_whatever_better_means(better, ratio, low, high):
    found = comparison(ratio, low, high)
    place = place_on(strip_axis([found], better), found)
    assert place.centre < place.low < place.dot < place.high <= 100
    assert place.noise_low < place.centre < place.noise_high


def test_a_figure_beyond_the_strip_stands_at_its_edge():
    axis = strip_axis([comparison(1.02, 1.01, 1.03)], "lower")
    place = place_on(axis, comparison(40, 39, 41))
    assert place.beyond and place.dot == 100 and place.low is None


def test_a_comparison_without_a_ratio_has_no_place():
    assert place_on(strip_axis([None], "lower"), comparison(None, None, None)) is None
    assert place_on(strip_axis([], "lower"), comparison(0, None, None)) is None


@pytest.mark.parametrize("created, text", [("2026-01-31T12:00:00Z", "31 January 2026, 12:00 UTC"), ("soon", "soon")])
def test_a_date_is_readable_or_left_as_it_is(created, text):
    assert wording.day(created) == text
