"""Property tests have no time limit of their own: on a busy machine it would fail for what no property says."""

from hypothesis import HealthCheck, settings

settings.register_profile("lab", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("lab")
