"""Run by datumaro's own Python: `other_side.py DATA OUT FORMAT`; prints what it took as JSON. No database, no pictures written."""

from __future__ import annotations

import json
import logging
import resource
import sys
import time

import datumaro  # type: ignore[import-not-found]

logging.disable(logging.WARNING)  # it warns of each annotation that is a box alone, which takes longer than reading it
data, out, name = sys.argv[1:]
begun = time.process_time()
dataset = datumaro.Dataset.import_from(data, "coco_instances")
count = sum(len(item.annotations) for item in dataset)
read = time.process_time() - begun
begun = time.process_time()
dataset.export(out, "coco_instances" if name == "coco" else name, save_media=False)
write = time.process_time() - begun
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"read": read, "write": write, "peak": peak, "annotations": count}))
