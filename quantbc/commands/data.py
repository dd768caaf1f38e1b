"""The commands that read demonstrations, flag by flag; nothing is imported before one of them runs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from quantbc.commands.options import Json, numbers, option
from quantbc.words import LEAST_MEMORY

_LARGEST = 1_000_000
"""Bins per dimension, codebook entries and the like: more is surely a typo, and would exhaust the memory."""


def _size(text: str) -> Any:
    return typer.Option("--bins", help=text, show_default=False, max=_LARGEST)


def audit(  # long: one option a line
    data: Annotated[Path, typer.Argument(help="Demonstrations: a file, or a LeRobot or Minari folder.")],
    tokenizer: Annotated[
        list[str] | None,
        option("--tokenizer", "Tokenizer to compare; repeatable (default: those that adapt to the data)."),
    ] = None,
    bins: Annotated[list[int] | None, _size("Number of bins; repeatable (default: each tokenizer's own).")] = None,
    layout: Annotated[str | None, option("--layout", "Layout of the file, instead of the detected one.")] = None,
    action: Annotated[list[str] | None, option("--action", "Array or column of the action; repeatable.")] = None,
    observation: Annotated[list[str] | None, option("--observation", "Observation vector to use; repeatable.")] = None,
    episode_ends: Annotated[str | None, option("--episode-ends", "Array that marks where episodes end.")] = None,
    chunk: Annotated[int | None, option("--chunk", "Steps executed open loop, for any tokenizer.")] = None,
    scale: Annotated[float | None, option("--scale", "FAST's coefficient scale (10).")] = None,
    min_token: Annotated[int | None, option("--min-token", "FAST's coefficient that is token 0.")] = None,
    tokens: Annotated[int | None, option("--tokens", "FAST's number of token values, with --min-token.")] = None,
    ranges: Annotated[str | None, option("--range", "low,high or a statistics file, instead of the data's.")] = None,
    mask: Annotated[
        str | None, option("--mask", "Dimensions to normalize, e.g. 0-5 or !6; others pass unchanged.")
    ] = None,
    relative_to: Annotated[
        str | None, option("--relative-to", "Observation that actions are relative to (delta actions).")
    ] = None,
    periodic: Annotated[
        list[str] | None, option("--periodic", "Dimensions that wrap at 2π, or e.g. 3:360; repeatable.")
    ] = None,
    horizon: Annotated[int | None, option("--horizon", "H, steps per episode (median of the data).")] = None,
    demos: Annotated[int | None, option("--demos", "n, number of demonstrations (episodes in the data).")] = None,
    delta: Annotated[float, typer.Option(help="Probability that a bound fails.")] = 0.05,
    class_size: Annotated[
        int | None, option("--class-size", "N, policies in the class; without it, no imitation term.")
    ] = None,
    log_class_size: Annotated[float | None, option("--log-class-size", "log N, in nats.")] = None,
    model_class_size: Annotated[int | None, option("--model-class-size", "M, number of transition models.")] = None,
    log_model_class_size: Annotated[float | None, option("--log-model-class-size", "log M, in nats.")] = None,
    gain: Annotated[
        float | None,
        option("--gain", "C, standard deviations of the state per half-range of the action, instead of the estimate."),
    ] = None,
    decay: Annotated[float | None, option("--decay", "eta, instead of the estimate.")] = None,
    tv_lipschitz: Annotated[float | None, option("--tv-lipschitz", "L, instead of the estimate.")] = None,
    lipschitz: Annotated[float | None, option("--lipschitz", "ell, instead of the estimate.")] = None,
    reward_state: Annotated[float, typer.Option(help="L_x, per standard deviation of the state.")] = 1.0,
    reward_action: Annotated[float, typer.Option(help="L_u, per half-range of the action.")] = 1.0,
    target: Annotated[float | None, option("--target", "Target regret for the smallest number of bins (H/10).")] = None,
    tolerance: Annotated[
        str | None,
        option("--tolerance", "Largest acceptable error of an action entry, raw units: 0.02, or one for each: 1,1,0.1"),
    ] = None,
    fail_if: Annotated[
        str | None, option("--fail-if", "Exit with status 1 if this holds, e.g. 'sup_error_raw > 0.01'.")
    ] = None,
    against: Annotated[Path | None, option("--against", "JSON of an earlier audit to compare with.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Print the tables behind the verdict.")] = False,
    memory: Annotated[int, typer.Option(min=LEAST_MEMORY, help="Memory budget of a process, MB.")] = 1000,
    workers: Annotated[int, typer.Option(min=1, help="Processes that read the files of a folder.")] = 1,
    cluster: Annotated[str | None, option("--cluster", "Address of a Dask scheduler, tcp://host:port.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of samples, codebooks and intervals.")] = 0,
    json: Json = False,
) -> None:
    """Compare action tokenizers on your own demonstrations, before training."""
    from quantbc.audit.run import Settings
    from quantbc.audit.source import Names
    from quantbc.commands import audit as command
    from quantbc.errors import ProblemError
    from quantbc.sweeps.executors import connect

    settings = Settings(
        tokenizers=tuple(tokenizer or ()),
        bins=tuple(bins or ()),
        chunk=chunk,
        scale=scale,
        min_token=min_token,
        tokens=tokens,
        ranges=ranges,
        mask=mask,
        relative_to=relative_to,
        periodic=tuple(periodic or ()),
        layout=layout,
        names=Names(tuple(action or ()), tuple(observation or ()), episode_ends),
        horizon=horizon,
        demos=demos,
        delta=delta,
        log_class_size=command.log_size(class_size, log_class_size, "class-size"),
        log_model_class_size=command.log_size(model_class_size, log_model_class_size, "model-class-size"),
        C=gain,
        eta=decay,
        L=tv_lipschitz,
        lipschitz=lipschitz,
        L_x=reward_state,
        L_u=reward_action,
        target=target,
        tolerance=None if tolerance is None else numbers("--tolerance", tolerance),
        memory=memory * 10**6,
        seed=seed,
    )
    if workers > 1 and cluster is not None:
        raise ProblemError(f"give --workers or --cluster, not both: got {workers} and {cluster!r}")
    crew = None if workers == 1 and cluster is None else partial(connect, workers=workers, cluster=cluster)
    raise typer.Exit(command.run(data, settings, json=json, full=full, fail_if=fail_if, against=against, crew=crew))


def certify(  # long: one option a line
    data: Annotated[Path, typer.Argument(help="Held-out demonstrations: a file or folder of any layout.")],
    predictions: Annotated[Path, typer.Argument(help="The policy's actions at their states, row by row: npz or npy.")],
    tokenizer: Annotated[str | None, option("--tokenizer", "Tokenizer that the policy was trained on.")] = None,
    bins: Annotated[int | None, _size("Number of bins (the tokenizer's own).")] = None,
    layout: Annotated[str | None, option("--layout", "Layout of the file, instead of the detected one.")] = None,
    action: Annotated[list[str] | None, option("--action", "Array or column of the action; repeatable.")] = None,
    observation: Annotated[list[str] | None, option("--observation", "Observation vector to use; repeatable.")] = None,
    episode_ends: Annotated[str | None, option("--episode-ends", "Array that marks where episodes end.")] = None,
    horizon: Annotated[int | None, option("--horizon", "H, steps per episode (the shortest episode).")] = None,
    delta: Annotated[float, typer.Option(help="Probability that a certificate fails.")] = 0.05,
    gain: Annotated[
        float | None,
        option("--gain", "C, standard deviations of the state per half-range of the action, instead of the estimate."),
    ] = None,
    decay: Annotated[float | None, option("--decay", "eta, instead of the estimate.")] = None,
    lipschitz: Annotated[
        float | None, option("--lipschitz", "ell of the policy, instead of the estimated value.")
    ] = None,
    reward_state: Annotated[float, typer.Option(help="L_x, per standard deviation of the state.")] = 1.0,
    reward_action: Annotated[float, typer.Option(help="L_u, per half-range of the action.")] = 1.0,
    tolerance: Annotated[
        float | None, option("--tolerance", "Largest acceptable deviation per state entry, in raw units.")
    ] = None,
    memory: Annotated[int, typer.Option(min=LEAST_MEMORY, help="Memory budget, MB.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of samples and codebooks.")] = 0,
    json: Json = False,
) -> None:
    """Certify a trained policy from its errors on held-out demonstrations."""
    from quantbc.audit.certify import Settings
    from quantbc.audit.policy_loop import Given
    from quantbc.audit.source import Names
    from quantbc.commands import certify as command

    settings = Settings(
        layout=layout,
        names=Names(tuple(action or ()), tuple(observation or ()), episode_ends),
        tokenizer=tokenizer,
        bins=bins,
        horizon=horizon,
        delta=delta,
        given=Given(gain, decay, lipschitz, reward_state, reward_action, seed),
        tolerance=tolerance,
        memory=memory * 10**6,
        seed=seed,
    )
    command.run(data, predictions, settings, json=json)
