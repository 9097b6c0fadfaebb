"""Every metric against published values and reference libraries, through the program that runs any such file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domain.agreement.conformance import check_vector
from domain.agreement.conformance.__main__ import main

FOLDER = Path(__file__).parent / "metrics"
FILES = sorted(FOLDER.glob("*.json"))
VECTORS = [vector for path in FILES for vector in json.loads(path.read_text(encoding="utf-8"))["vectors"]]
BY_ID = {vector["id"]: vector for vector in VECTORS}


def written(path: Path, *vectors: dict) -> str:
    path.write_text(json.dumps({"schema": "annotation-metric-vectors/1", "vectors": list(vectors)}))
    return str(path)


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_a_metric_gives_its_reference_value(vector):
    assert [difference.line() for difference in check_vector(vector, BY_ID)] == []


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_the_program_agrees_with_the_kept_files(path, capsys):
    assert main([str(path)]) == 0
    assert capsys.readouterr().out == ""


def test_a_wrong_value_is_printed_and_fails(tmp_path, capsys):
    vector = BY_ID["cohen_50_grants"] | {"expected": {"kappa": 0.41, "po": 0.7}}
    assert main([written(tmp_path / "v.json", vector)]) == 1
    assert capsys.readouterr().out == "cohen_50_grants: kappa expected 0.41, got 0.3999999999999999\n"


def test_a_number_where_null_is_right_fails_and_so_does_null_for_a_number(tmp_path):
    undefined = BY_ID["cohen_degenerate_single_category"] | {"expected": {"kappa": 1.0}}
    defined = BY_ID["cohen_50_grants"] | {"expected": {"kappa": None}}
    assert main([written(tmp_path / "a.json", undefined)]) == 1
    assert main([written(tmp_path / "b.json", defined)]) == 1


def test_unknown_metrics_and_figures_are_said_and_fail(tmp_path, capsys):
    strange = {"id": "x", "metric": "phrenology", "data": {}, "expected": {"value": 1}}
    figure = BY_ID["cohen_50_grants"] | {"expected": {"charisma": 1.0}}
    assert main([written(tmp_path / "v.json", strange, figure)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "x: expected {'value': 1}, got no metric of ours is called 'phrenology'",
        "cohen_50_grants: charisma expected 1.0, got nothing called 'charisma'",
    ]


def test_data_that_a_metric_cannot_read_is_a_difference_and_no_crash(tmp_path, capsys):
    broken = {"id": "x", "metric": "cohen_kappa", "data": {"table": [[1, 2]]}, "expected": {"kappa": 1}}
    assert main([written(tmp_path / "v.json", broken)]) == 1
    assert capsys.readouterr().out.startswith("x: expected {'kappa': 1}, got ValueError")


def test_another_tools_figure_is_noted_and_does_not_fail(tmp_path, capsys):
    vector = BY_ID["cohen_50_grants"] | {"expected": {"kappa": 0.4, "R_irr_wrong_se": 9.0}}
    assert main([written(tmp_path / "v.json", vector)]) == 0
    assert "not compared" in capsys.readouterr().err


def test_a_file_that_is_none_is_refused(tmp_path, capsys):
    (tmp_path / "v.json").write_text("[]")
    assert main([str(tmp_path / "v.json")]) == 2
    assert main([str(tmp_path / "none.json")]) == 2
