"""Falls: motion windows in, findings out. See docs/detectors/falls.md."""

from analytics.falls.detector import FallDetector
from analytics.falls.model import BadModel, FallModel

__all__ = ["BadModel", "FallDetector", "FallModel"]
