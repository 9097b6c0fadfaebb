"""Top-ups: regions of accepted work are asked one new thing, one after the other, and nothing else of the work moves."""

from apps.annotations.services.topping_up.answering import Piece, answer_piece, claim_piece, finish_piece
from apps.annotations.services.topping_up.asking import JOB, NewTopUp, TopUpPreview, cancel, preview, start
from apps.annotations.services.topping_up.preparing import prepare
from apps.annotations.services.topping_up.undoing import before_undo

__all__ = [
    "JOB",
    "NewTopUp",
    "Piece",
    "TopUpPreview",
    "answer_piece",
    "before_undo",
    "cancel",
    "claim_piece",
    "finish_piece",
    "prepare",
    "preview",
    "start",
]
