"""Names beside points, put where they cover neither a point nor one another."""

from . import base

CHARACTER = 7.2
LINE = 15
GAP = 10
PLACES = ((1, 0), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1), (0, 1), (0, -1), (1, 2), (1, -2), (-1, 2), (-1, -2))


def place(points, texts, frame):
    """For each point the offset of its text in pixels and its alignment: the first place that is free.

    `frame`: (left, bottom, right, top) in the pixels of the points.
    """
    taken = [box(x, y, 12, 12) for x, y in points]
    found = []
    for (x, y), text in zip(points, texts):
        width = CHARACTER * len(text)
        choices = [(x + side * (GAP + width / 2), y + rise * LINE, side, rise) for side, rise in PLACES]
        free = next((choice for choice in choices if fits(box(choice[0], choice[1], width, LINE), taken, frame)),
                    choices[0])
        taken.append(box(free[0], free[1], width, LINE))
        found.append((free[2] * GAP, free[3] * LINE, {1: "left", -1: "right", 0: "center"}[free[2]]))
    return found


def box(x, y, width, height):
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def fits(mine, others, frame):
    inside = mine[0] >= frame[0] and mine[2] <= frame[2] and mine[1] >= frame[1] and mine[3] <= frame[3]
    return inside and not any(mine[0] < other[2] and other[0] < mine[2] and mine[1] < other[3] and other[1] < mine[3]
                              for other in others)


def annotate(axes, points, texts, looks):
    pixels = [tuple(axes.transData.transform(point)) for point in points]
    (left, bottom), (right, top) = axes.transAxes.transform(((0, 0), (1, 1)))
    for point, text, look, (right_by, up_by, align) in zip(
            points, texts, looks, place(pixels, texts, (left, bottom, right + 60, top + 10))):
        ink = base.MUTED if look.colour.startswith("reference") else base.INK
        base.tag(axes.annotate(text, point, xytext=(right_by, up_by), textcoords="offset points", ha=align, va="center",
                               color=ink, annotation_clip=False, zorder=4.5,
                               bbox={"facecolor": base.SURFACE, "linewidth": 0, "pad": 1, "alpha": 0.8}), text)
