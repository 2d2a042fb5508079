"""Models that are surer, or less sure, than the shipped one."""

from dataclasses import replace

from analytics.falls.model import FallModel
from analytics.falls.thresholds import Thresholds


def certain_from(model: FallModel, threshold: float) -> FallModel:
    """`model` with its last judge alone, who reports from `threshold` on whatever the device."""
    return replace(model, judges=(replace(model.final, thresholds=Thresholds({}, {}, {}, threshold)),))


def early_from(model: FallModel, threshold: float) -> FallModel:
    """`model` with a first judge that reports from `threshold` on whatever the device."""
    first = replace(model.judges[0], thresholds=Thresholds({}, {}, {}, threshold))
    return replace(model, judges=(first, *model.judges[1:]))
