"""The common model in numpy, all agents at once: python numpy_model.py AGENTS"""

import sys
import time

import numpy as np

from common import APPEAL, DAYS, HABIT, say

agents = int(sys.argv[1])
random = np.random.default_rng(1)
appeal = np.array(APPEAL, dtype=float)
visits = np.zeros(len(APPEAL), dtype=int)
venue = np.zeros(agents, dtype=np.uint8)
start = time.process_time()
for day in range(DAYS):
    cumulated = np.cumsum(appeal * np.sqrt(1 + visits))
    choose = np.arange(agents) if day == 0 else np.flatnonzero(random.random(agents) >= HABIT)
    places = random.random(len(choose)) * cumulated[-1]
    venue[choose] = np.searchsorted(cumulated, places, side="right")
    visits = np.bincount(venue, minlength=len(APPEAL))
say(f"numpy {np.__version__}", agents, time.process_time() - start, visits)
