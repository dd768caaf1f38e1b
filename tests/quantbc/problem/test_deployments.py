"""How what was learnt is deployed."""

from typing import Any

import pytest

from quantbc.errors import ProblemError
from quantbc.problem.deployments import DeploymentSpec, read
from quantbc.problem.reading import Table
from quantbc.sweeps.sweep import Axis


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, DeploymentSpec()),
        ({"deployment": {"type": "greedy"}}, DeploymentSpec("greedy")),
        ({"deployment": {"type": "chunked", "steps": 8}}, DeploymentSpec("chunked", 8)),
        ({"deployment": {"type": {"type": "chunked", "steps": 8}}}, DeploymentSpec("chunked", 8)),
    ],
)
def test_deployments_are_named(given: dict[str, Any], expected: DeploymentSpec) -> None:
    assert read(Table(given)) == expected


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"type": "wishful"}, r"deployment\.type must be one of plain, greedy, augmented, chunked, got 'wishful'"),
        ({"type": "chunked"}, r"deployment\.steps must be given"),
        ({"type": "plain", "steps": 2}, r"deployment\.steps must be a known key"),
        (
            {"type": {"type": "chunked", "steps": 0}},
            r"deployment\.type\.steps must be a whole number in \[1, .*\], got 0",
        ),
    ],
)
def test_bad_input_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        read(Table({"deployment": given}))


def test_fields_that_came_later_leave_the_random_numbers_of_older_files_as_they_were() -> None:
    (plain, chunked) = (
        Axis("deployment", (spec,)).digests for spec in (DeploymentSpec(), DeploymentSpec("chunked", 8))
    )
    kept = {"__type__": "DeploymentSpec", "kind": "plain", "steps": 1}
    assert plain == Axis("deployment", (kept,)).digests != chunked
    assert Axis("deployment", (DeploymentSpec("augmented", speeds=(0.5, 1.0)),)).digests != plain
