"""The questions with their answers as the page shows them."""

from . import wording
from .cell_view import primary_scale
from .questions import OTHER, QUESTIONS, answers_to, other_answers
from .shown import AnswerView, QuestionView
from .tables import matrix_entries
from .verdict_view import verdict_view


def question_views(summary, cells, palette):
    names = {view.name: view for view in cells}
    found = [question_view(question, answers_to(question, summary), names, palette) for question in QUESTIONS]
    others = other_answers(summary)
    return found + ([question_view(OTHER, others, names, palette)] if others else [])


def question_view(question, answers, cells, palette):
    missing = "" if answers else f"No cell of this bench measures {wording.metric_phrase(question.metric)}" + (
        f" in {'an open' if question.pacing == 'open' else 'a closed'} loop" if question.pacing else "")
    views = [answer_view(item, cells[item.cell.cell], f"answer-{question.ident}-{place}", palette)
             for place, item in enumerate(answers)]
    return QuestionView(question.ident, question.title, question.why, views, missing, question.supply)


def answer_view(answer, cell_view, ident, palette):
    cell, scale = answer.cell, primary_scale(answer.cell)
    return AnswerView(
        ident=ident, cell=cell_view.ident, cell_name=cell.cell, cell_title=cell.title,
        metric_label=wording.metric_label(cell.primary), better=cell.metric(cell.primary).better,
        verdict=verdict_view(cell, answer.decision, palette, scale),
        not_run=[(name, palette.look(name)) for name in answer.not_run], next_step=answer.next_step, kept=kept_text(answer.kept, cell, scale),
        broken=cell_view.broken if answer.leading else [], controls=cell_view.controls if answer.leading else [],
        matrix=matrix_entries(cell, answer.decision, scale))


def kept_text(kept, cell, scale):
    if kept is None:
        return ""
    sign = "≥" if cell.metric(cell.primary).better == "higher" else "≤"
    worst = f", worst {scale.with_unit(kept.worst)}" if kept.worst is not None else ""
    return (f"{kept.kept} of {kept.judged} keep {wording.metric_phrase(cell.primary)} {sign} "
            f"{scale.bound(kept.limit)}{worst}")
