"""The scripted user of the bench that says what pre-labels save."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from bench.interactive import KEY, MENTAL, Effort, prompted
from bench.saving import Photo, Said, by_hand, with_predictions

TRUTH = np.array([[10, 10, 60, 50], [100, 20, 160, 90]], float)
PHOTO = Photo(Image.new("RGB", (200, 100)), TRUTH, ["cup", "spoon"])


def spent(said: Said) -> Effort:
    effort = Effort()
    with_predictions(effort, PHOTO, said)
    return effort


def test_perfect_predictions_cost_a_look_and_one_step():
    effort = spent(Said(TRUTH, ["cup", "spoon"]))
    assert (effort.actions, effort.seconds, effort.travel) == (3, pytest.approx(3 * KEY + MENTAL), 0)


def test_no_predictions_cost_the_work_by_hand_and_a_look():
    hand = Effort()
    by_hand(hand, PHOTO)
    effort = spent(Said(np.empty((0, 4)), []))
    assert (effort.actions, effort.seconds) == (hand.actions, pytest.approx(hand.seconds + MENTAL))


@pytest.mark.parametrize(
    ("said", "actions"),
    [
        (Said(TRUTH, ["cup", "cup"]), 5),  # the region, and the key of its class
        (Said(TRUTH + np.array([[0, 0, 0, 0], [0, 0, 30, 0]]), ["cup", "spoon"]), 5),  # the region, and its corner
        (Said(np.vstack([TRUTH, [[0, 60, 20, 90]]]), ["cup", "spoon", "cup"]), 5),  # the region, and Delete
        (Said(TRUTH[:1], ["cup"]), 6),  # the tool, the class, and the box that is missing
    ],
)
def test_what_is_wrong_is_mended_by_what_it_takes(said, actions):
    assert spent(said).actions == actions


def test_a_model_that_is_right_after_the_box_costs_a_drag_and_each_click_more_a_thought_and_a_way():
    one = {"box": [10, 10, 60, 50], "trials": {"box, then cut": {"clicks": [[30, 30]]}}}
    efforts = [Effort() for _ in range(2)]
    for effort, prompts in zip(efforts, (1, 3), strict=True):
        prompted(effort, one, prompts)
    assert [effort.actions for effort in efforts] == [4, 6]  # tool, class, drag, Enter; two clicks
    assert efforts[1].seconds - efforts[0].seconds > 2 * MENTAL
