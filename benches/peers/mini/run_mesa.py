"""The small model in Mesa: a node is an agent, the exchange and the supply are the model's.

The draws are those of core.py in the same order, so that the outcome is that of numpy but for the
order of sums; each agent is asked one after the other, as Mesa's users write it."""

from mesa import Agent, DataCollector, Model

import bench
import core


class Node(Agent):
    """A provider with one machine."""

    def __init__(self, model, index, cost, capacity, stake):
        super().__init__(model)
        self.index, self.cost, self.capacity, self.stake = index, cost, capacity, stake
        self.active, self.up, self.bad, self.reward = True, True, 0, 0.0
        self.left_today = False

    def hardware(self):
        draw = self.model.failure_draws[self.index]
        self.up = draw >= self.model.p.fails if self.up else draw < self.model.p.repaired
        if self.active and self.up:
            self.model.whole += self.capacity
            self.model.n_online += 1

    def earn(self):
        m = self.model
        online = self.active and self.up and m.whole > 0.0
        self.reward = m.emitted * self.capacity / m.whole if online else 0.0
        m.paid_out += self.reward

    def leave(self):
        m = self.model
        self.left_today = False
        if not self.active:
            return
        self.bad = self.bad + 1 if self.reward * m.earning_price < self.cost else 0
        if self.bad >= m.p.patience:
            self.active, self.bad, self.left_today = False, 0, True
            m.circulating += self.stake
            m.locked -= self.stake
            self.stake = 0.0

    def enter(self):
        m = self.model
        if self.active or self.left_today or m.entry_draws[self.index] >= m.p.entry:
            return
        if m.circulating >= m.p.stake:
            self.active, self.stake = True, m.p.stake
            m.circulating -= m.p.stake
            m.locked += m.p.stake


class Economy(Model):
    """One token and its market."""

    def __init__(self, p, number):
        super().__init__(seed=number)
        self.p, self.day = p, 0
        self.w = core.world(p, number)
        for name, value in core.start(p).items():
            if name in core.RECORDED or name == "usd":
                setattr(self, name, value)
        for i in range(p.nodes):
            Node(self, i, float(self.w.cost[i]), float(self.w.capacity[i]), p.stake)
        names = {name: name for name in core.RECORDED}
        self.datacollector = DataCollector(model_reporters=names)

    def step(self):
        p, rng, t = self.p, self.w.rng, self.day
        n = rng.standard_normal()
        # As lists: an agent that picks one number from an array is slower still.
        self.failure_draws = rng.random(p.nodes).tolist()
        self.entry_draws = rng.random(p.nodes).tolist()
        growth = p.drift - p.volatility**2 / 2.0 + p.volatility * n
        self.demand *= float(core.np.exp(growth))
        self.whole, self.n_online, self.paid_out = 0.0, 0, 0.0
        self.agents.do("hardware")
        paid = self.demand * (1.0 - p.fee)
        out = self.tok * paid / (self.usd + paid)
        self.usd += self.demand
        self.tok -= out
        self.burned += out
        self.emitted = p.emission * 2.0 ** (-t / p.half_life)
        if self.whole > 0.0:
            self.minted += self.emitted
        self.agents.do("earn")
        self.earning_price = self.usd / self.tok
        sold = p.sell_share * self.paid_out
        sold_net = sold * (1.0 - p.fee)
        usd_out = self.usd * sold_net / (self.tok + sold_net)
        self.tok += sold
        self.usd -= usd_out
        self.circulating += self.paid_out - sold
        self.agents.do("leave")
        margin = self.paid_out / max(1, self.n_online) * self.earning_price - self.w.mean_cost
        if margin > 0.0:
            self.agents.do("enter")
        self.price = self.usd / self.tok
        self.n_active = sum(node.active for node in self.agents)
        self.day += 1
        if self.day % p.gini_every == 0:
            rewards = [node.reward for node in self.agents if node.reward > 0.0]
            self.gini = core.gini(core.np.array(rewards))
        core.check(vars(self))
        self.datacollector.collect(self)


def run(p, number):
    economy = Economy(p, number)
    for _ in range(p.days):
        economy.step()
    return vars(economy)


if __name__ == "__main__":
    bench.main(run)
