"""`quantbc certify`: what a trained policy's validation error guarantees about its deployment."""

from __future__ import annotations

from pathlib import Path

from quantbc.audit.certify import Certificate, Settings, certify
from quantbc.output import print_json, print_line, say

__all__ = ["lines", "run"]


def run(data: Path, predictions: Path, settings: Settings, *, json: bool) -> None:
    """Certify and print."""
    found = certify(data, predictions, settings)
    for text in found.warnings:
        say(f"note: {text}")
    if json:
        print_json(found.to_dict())
        return
    for text in lines(found):
        print_line(text)


def lines(found: Certificate) -> list[str]:
    """Format a certificate as lines of text; ~ marks what rests on estimated constants."""
    about = "~" if found.estimated else ""
    error = found.error
    text = [
        f"{found.data}: {found.trajectories} held-out trajectories of {found.horizon} steps",
        f"error      {error.mean:.4g} half-ranges on average, certified [{error.low:.4g}, {error.high:.4g}]",
    ]
    for j, share in found.mismatch.items():
        off = f"have a label more than {j} bins off, certified at most {100 * share.high:.3g} %"
        text.append(f"labels     {100 * share.mean:.3g} % of trajectories {off}")
    for row in found.rows:
        vacuous = " (vacuous)" if row["vacuous"] else ""
        mean = f" (~{row['expected']:.3g} at the mean error)" if "expected" in row else ""
        largest = max(step["value"] for step in row["deviation"])
        text.append(
            f"regret     at most {about}{row['regret']:.4g} of {found.horizon}{vacuous} by {row['statement']}{mean}; "
            f"state within {about}{largest:.3g} standard deviations ({row['deviation_sense']})"
        )
    if found.systematic is not None:
        text.append(f"systematic ~{float(found.systematic.max()):.3g} standard deviations from the signed errors alone")
    if (judged := found.judged) is not None:
        kept = "kept" if judged["met"] else "not shown to be kept"
        reach = (
            "nothing is known of the state"
            if judged["deviation_raw"] is None
            else (f"the worst entry strays at most {about}{judged['deviation_raw']:.4g} ({judged['sense']})")
        )
        text.append(f"tolerance  {judged['tolerance']:g} per state entry is {kept}: {reach}")
    if found.estimated:
        text.append(f"estimated  {', '.join(found.estimated)}")
    return text
