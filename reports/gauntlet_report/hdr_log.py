"""Reads HdrHistogram log files: the intervals of one tag, each a histogram of nanoseconds.

The format is HdrHistogram's own (V2 histograms, zlib, base64), as harness/store/format.md says which tags there are.
"""

import base64
import binascii
import struct
import zlib
from dataclasses import dataclass

from .load import BadSummary

COMPRESSED, ENCODED = 0x1C849304, 0x1C849303  # V2 cookies without the bits that say how wide a count is
WIDTH_BITS = 0xF0
HEAD = struct.Struct(">IiiiqqQ")  # cookie, length of what follows, offset, digits, lowest, highest, ratio
LONGEST_NUMBER = 9


@dataclass(frozen=True)
class Interval:
    """`counts`: (lowest nanoseconds of a bucket, its width, how many), ascending."""

    start_s: float
    length_s: float
    counts: tuple[tuple[int, int, int], ...]

    @property
    def answers(self):
        return sum(count for _, _, count in self.counts)

    @property
    def slowest_ns(self):
        """The upper end of the last bucket, 0 where nothing was answered."""
        return self.counts[-1][0] + self.counts[-1][1] if self.counts else 0


def read_intervals(path, tag):
    """The intervals of `tag` in the order of the file; BadSummary where the file cannot be read or has none."""
    try:
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError as error:
        raise BadSummary(f"cannot read {path}: {error.strerror}") from None
    found = []
    for number, line in enumerate(lines, 1):
        fields = line.split(",")
        if len(fields) != 5 or fields[0] != f"Tag={tag}":
            continue
        try:
            found.append(Interval(float(fields[1]), float(fields[2]), decode(fields[4])))
        except (ValueError, IndexError, struct.error, zlib.error, binascii.Error):
            raise BadSummary(f"{path}, line {number} is no HdrHistogram") from None
    if not found:
        raise BadSummary(f"{path} has no line tagged {tag}")
    return found


def decode(text):
    raw = base64.b64decode(text, validate=True)
    cookie, size = struct.unpack(">II", raw[:8])
    plain = zlib.decompress(raw[8:8 + size])
    inner, length, _, digits, lowest, _, _ = HEAD.unpack(plain[:HEAD.size])
    if cookie & ~WIDTH_BITS != COMPRESSED or inner & ~WIDTH_BITS != ENCODED or not 0 <= digits <= 5 or lowest < 1:
        raise ValueError("not a V2 histogram")
    magnitude = (2 * 10 ** digits - 1).bit_length()
    half, unit = 1 << (magnitude - 1), lowest.bit_length() - 1
    counts, index = [], 0
    for value in numbers(plain[HEAD.size:HEAD.size + length]):
        if value < 0:
            index -= value  # a run of empty buckets
            continue
        if value:
            counts.append((*bucket(index, half, unit), value))
        index += 1
    return tuple(counts)


def bucket(index, half, unit):
    """(lowest value, width) of the bucket at `index`: the first `2 * half` are linear, then each `half` doubles."""
    if index < half:
        return index << unit, 1 << unit
    shift = index // half - 1 + unit
    return (index % half + half) << shift, 1 << shift


def numbers(data):
    """ZigZag LEB128 as HdrHistogram writes it: the ninth byte holds eight bits."""
    at = 0
    while at < len(data):
        bits = 0
        for place in range(LONGEST_NUMBER):
            octet = data[at]
            at += 1
            bits |= (octet if place == LONGEST_NUMBER - 1 else octet & 0x7F) << 7 * place
            if octet < 0x80:
                break
        yield (bits >> 1) ^ -(bits & 1)
