"""People at work: how well they do on gold, whether they work honestly, tire or change. Plain Python throughout.

`Watch` takes in finished items one by one and raises alarms; `gold_accuracy` says when a limit may act; `control_chart`
and `session_fatigue` follow one person; `pattern` explains. `crowd` simulates, and measures how soon alarms come.
"""

from __future__ import annotations

from .charts import Chart, ChartPoint, Fatigue, control_chart, log_seconds, session_fatigue
from .gold import ENOUGH, GoldAccuracy, Leak, SequentialTest, gold_accuracy, gold_leak
from .patterns import Offered, Pattern, pattern
from .watching import Alarm, Kind, Person, Seen, Watch

__all__ = [
    "ENOUGH",
    "Alarm",
    "Chart",
    "ChartPoint",
    "Fatigue",
    "GoldAccuracy",
    "Kind",
    "Leak",
    "Offered",
    "Pattern",
    "Person",
    "Seen",
    "SequentialTest",
    "Watch",
    "control_chart",
    "gold_accuracy",
    "gold_leak",
    "log_seconds",
    "pattern",
    "session_fatigue",
]
