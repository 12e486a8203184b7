"""The marks of the charts as SVG symbols, so that the text of the page can show the same shapes."""

from matplotlib.markers import MarkerStyle
from matplotlib.path import Path

from ..palette import ALL_MARKS

_LETTERS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C", Path.CLOSEPOLY: "Z"}
_SIZE = 12  # half the view box, of which a mark fills five sixths


def outline(mark):
    style = MarkerStyle(mark)
    path = style.get_path().transformed(style.get_transform())
    reach = abs(path.get_extents().get_points()).max()
    parts = []
    for points, code in path.iter_segments(simplify=False, curves=True):
        numbers = "" if code == Path.CLOSEPOLY else " ".join(
            f"{value * (10 / reach) * (-1 if index % 2 else 1):.2f}" for index, value in enumerate(points))
        parts.append(_LETTERS[code] + numbers)
    return "".join(parts)


def symbols():
    """One hidden sheet; `<use href="#mark-N">` shows a mark."""
    box = f"{-_SIZE} {-_SIZE} {2 * _SIZE} {2 * _SIZE}"
    inner = "".join(f'<symbol id="mark-{index}" viewBox="{box}"><path d="{outline(mark)}"></path></symbol>'
                    for index, mark in enumerate(ALL_MARKS))
    return f'<svg class="sheet" aria-hidden="true" width="0" height="0">{inner}</svg>'
