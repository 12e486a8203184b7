import pytest
from gauntlet_report.hdr_log import decode, read_intervals
from gauntlet_report.load import BadSummary
from make_observed import encoded

# As HdrHistogram_c wrote it; its percentile table beside it counts 615 answers, the slowest of 128.639 µs.
REAL = (
    "Tag=corrected,1795284196.000,0.300,0.129,HISTFAAAAbh42j1Su2ocQRC8rumZ3dVwLMtixGEfhxGKjJEUKRDCmY0xDhQ"
    "qEMKhQ4cKBc6F0A/4M5z4C/whSvUJqq5Z6fZmt1/VVT0z734/zKtV2q3aLy1fo/n5+O+f1aenFni8wA3+G77iBy7xHef4iQ2ucIQ"
    "MQ8UaW+yD5oTZE07obpDof2Cq49pH50xOdDqMdGY3hjEjPD0bQokZGE6A0JVrA6IG72gOYCQzR9tcH+TCYjomCIOdh8dXLXStGMP"
    "F4b2x0hnZU2VbfSHQnUWGPonCiztHQIm/9Shsp4jpSaJhWy/JF1KTWAv1IQYp8I1BlKEjWLBHu0dXRBQIixyrmoIOJZdgDXB005C"
    "v01IKWl+Pf9OTX0jbbohU9CVpFzppbnhDG0BVnpzf7FRSg6tKTsZL12UGjbFWUDvmLd2axnvmkzRO0jZEi9yIotRr2G95LmrkOsC"
    "KHf3EtSPyEDpmQrf4FYfNfKWdVTM0xQe6DInWzHDVpRB6jW8MrkWX2zzROCQevJ7ZGN1rKHjDNcFHqZ2W7fvI9ClB4Y/LzR0YHVl"
    "+7VsqnMhwjXvDv7iVd8AXvGfRBc5wa3gGoNQbyA==")


@pytest.fixture
def log(tmp_path):
    def put(*lines):
        path = tmp_path / "0000.hlog"
        path.write_text("\n".join(("#[Histogram log format version 1.3]", *lines)) + "\n", encoding="ascii")
        return path

    return put


def test_a_histogram_of_the_c_library_is_read(log):
    found, = read_intervals(log(REAL, REAL.replace("corrected", "uncorrected")), "corrected")
    assert found.length_s == 0.3 and found.answers == 615
    assert found.counts[-1][0] <= 128_639 <= found.slowest_ns
    assert all(low < following for (low, _, _), (following, _, _) in zip(found.counts, found.counts[1:]))


def test_a_value_lies_in_its_bucket_and_a_bucket_is_a_sixteenth_wide():
    for value in (1, 15, 16, 31, 33, 1000, 70_001, 3_599_999_999_999):
        (low, width, count), = decode(encoded([value]))
        assert low <= value < low + width and count == 1 and width <= max(1, value / 16)


def test_an_interval_without_answers_stays(log):
    first, second = read_intervals(log(f"Tag=a,0.0,0.1,0,{encoded([])}", f"Tag=a,0.1,0.1,0,{encoded([5, 5, 900])}"), "a")
    assert (first.answers, first.slowest_ns) == (0, 0) and (second.start_s, second.answers) == (0.1, 3)


@pytest.mark.parametrize("bad", ["Tag=a,0,0.1,0,HISTFAAAnonsense", "Tag=a,0,0.1,0,", "Tag=a,x,0.1,0," + encoded([5]),
                                 "Tag=a,0,0.1,0," + encoded([5])[:-12]])
def test_a_torn_line_is_refused_by_its_number(log, bad):
    with pytest.raises(BadSummary, match="line 2 is no HdrHistogram"):
        read_intervals(log(bad), "a")


def test_a_file_that_is_missing_or_lacks_the_tag_is_named(log, tmp_path):
    with pytest.raises(BadSummary, match="no line tagged b"):
        read_intervals(log(REAL), "b")
    with pytest.raises(BadSummary, match="0001.hlog"):
        read_intervals(tmp_path / "0001.hlog", "a")
