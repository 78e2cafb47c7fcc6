"""The common model in Mesa: python mesa_model.py AGENTS"""

import sys
import time
from bisect import bisect_right
from itertools import accumulate

import mesa

from common import APPEAL, DAYS, HABIT, say


class Client(mesa.Agent):
    venue = None

    def step(self):
        model = self.model
        if self.venue is None or model.random.random() >= HABIT:
            self.venue = bisect_right(model.cumulated, model.random.random() * model.cumulated[-1])
        model.visits[self.venue] += 1


class Market(mesa.Model):
    def __init__(self, agents):
        super().__init__(seed=1)
        self.visits = [0] * len(APPEAL)
        Client.create_agents(self, agents)

    def step(self):
        self.cumulated = list(accumulate(a * (1 + v) ** 0.5 for a, v in zip(APPEAL, self.visits)))
        self.visits = [0] * len(APPEAL)
        self.agents.do("step")


agents = int(sys.argv[1])
market = Market(agents)
start = time.process_time()
for _ in range(DAYS):
    market.step()
say(f"Mesa {mesa.__version__}", agents, time.process_time() - start, market.visits)
