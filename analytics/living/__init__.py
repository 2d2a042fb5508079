"""Daily life at home: what is told of it, and how it slowly changes."""

from analytics.living.detector import LivingDetector

__all__ = ["LivingDetector"]
