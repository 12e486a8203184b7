"""Charts as inline SVG. One file per kind of chart; base.py holds the style that all share."""
