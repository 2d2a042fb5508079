"""Hypothesis on a shared machine: a slow draw is the machine's fault, not the test's."""

from hypothesis import HealthCheck, settings

settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")
