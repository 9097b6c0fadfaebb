"""Reference values for every metric, checked: `python -m domain.agreement.conformance FILE`.

A file holds `{"schema": "annotation-metric-vectors/1", "vectors": [{"id", "metric", "data", "params", "expected",
"tolerance"}, …]}`. A metric is a function here that is registered under its names, takes a `Vector` and answers all it
knows under the keys that vectors expect. A key that it does not know, and a metric that nobody knows, is a difference.
"""

from __future__ import annotations

from .running import check_file, check_vector

__all__ = ["check_file", "check_vector"]
