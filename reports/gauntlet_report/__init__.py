"""summary.json and runs.jsonl -> one self-contained HTML page.

load     file -> model, refusing what is not a summary
model    the summary as typed, immutable data
verdicts model -> what may be said of each cell (never a statistic: those are in the file)
questions        which cells answer which question, and which run would supply a missing answer
view     model -> everything that the page shows, as ready text
charts   model -> inline SVG
render   view -> HTML
"""
