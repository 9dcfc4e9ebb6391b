"""The small model "depin-mini v1": one token, one constant-product pool, N nodes, a demand that
burns tokens, an emission that halves. All programs of this folder step these equations.

A state is a dict of numbers and arrays; `step` returns the state of the next day and changes
nothing in the old one, as radCAD and cadCAD want it. The generator is no part of the state:
radCAD's default deep copy would rewind it each day.
"""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Parameters:
    days: int = 1825
    nodes: int = 1000
    supply: float = 1.0e8
    emission: float = 1.0e5
    half_life: float = 730.0
    pool_usd: float = 1.0e6
    pool_tok: float = 1.0e6
    fee: float = 0.003
    demand: float = 2.0e4
    drift: float = 5.0e-4
    volatility: float = 0.05
    sell_share: float = 0.5
    stake: float = 500.0
    patience: int = 30
    entry: float = 0.02
    fails: float = 1.0 / 400.0
    repaired: float = 1.0 / 7.0
    cost_median: float = 0.5
    cost_sigma: float = 0.5
    capacity_sigma: float = 0.3
    # The Gini coefficient is computed on each day of this period.
    gini_every: int = 1


@dataclass
class World:
    """What is drawn once: the nodes; and the generator, which goes on."""

    p: Parameters
    rng: np.random.Generator
    cost: np.ndarray = field(init=False)
    capacity: np.ndarray = field(init=False)
    mean_cost: float = field(init=False)

    def __post_init__(self):
        z = self.rng.standard_normal(self.p.nodes)
        w = self.rng.standard_normal(self.p.nodes)
        self.cost = self.p.cost_median * np.exp(self.p.cost_sigma * z)
        self.capacity = np.exp(self.p.capacity_sigma * w)
        self.mean_cost = float(self.cost.mean())


def world(p, run):
    """The world of a run; seed 42 + run."""
    return World(p, np.random.default_rng(42 + run))


def start(p):
    locked = p.nodes * p.stake
    return {
        "demand": p.demand,
        "usd": p.pool_usd,
        "tok": p.pool_tok,
        "minted": p.supply,
        "burned": 0.0,
        "circulating": p.supply - locked - p.pool_tok,
        "locked": locked,
        "price": p.pool_usd / p.pool_tok,
        "n_active": p.nodes,
        "n_online": p.nodes,
        "gini": 0.0,
        "active": np.ones(p.nodes, dtype=bool),
        "up": np.ones(p.nodes, dtype=bool),
        "bad": np.zeros(p.nodes, dtype=np.int64),
        "stake": np.full(p.nodes, p.stake),
    }


RECORDED = (
    "price",
    "demand",
    "n_active",
    "n_online",
    "minted",
    "burned",
    "circulating",
    "locked",
    "tok",
    "gini",
)


def gini(values):
    """Gini coefficient of non-negative values; 0 where there is nothing."""
    total = values.sum()
    if total <= 0.0:
        return 0.0
    ordered = np.sort(values)
    n = ordered.size
    ranks = np.arange(1, n + 1)
    return float(2.0 * (ranks * ordered).sum() / (n * total) - (n + 1) / n)


def step(w, s, t):
    """One day, in the order of the model's steps 1 to 10."""
    p, rng = w.p, w.rng
    # 1 to 2: demand and hardware.
    n = rng.standard_normal()
    u = rng.random(p.nodes)
    v = rng.random(p.nodes)
    demand = s["demand"] * float(
        np.exp(p.drift - p.volatility**2 / 2.0 + p.volatility * n)
    )
    up = np.where(s["up"], u >= p.fails, u < p.repaired)
    # 3: service.
    active, stake = s["active"], s["stake"]
    online = active & up
    served = online * w.capacity
    whole = float(served.sum())
    # 4: the demand buys on the exchange and burns.
    usd, tok = s["usd"], s["tok"]
    paid = demand * (1.0 - p.fee)
    out = tok * paid / (usd + paid)
    usd += demand
    tok -= out
    burned = s["burned"] + out
    # 5: emission.
    minted = s["minted"]
    if whole > 0.0:
        emitted = p.emission * 2.0 ** (-t / p.half_life)
        rewards = emitted * served / whole
        minted += emitted
    else:
        rewards = np.zeros(p.nodes)
    paid_out = float(rewards.sum())
    # 6: margins at the price after the purchase.
    price = usd / tok
    margin = rewards * price - w.cost * active
    # 7: a share of the rewards is sold.
    sold = p.sell_share * paid_out
    sold_net = sold * (1.0 - p.fee)
    usd_out = usd * sold_net / (tok + sold_net)
    tok += sold
    usd -= usd_out
    circulating = s["circulating"] + paid_out - sold
    # 8: exit after so many days of loss.
    bad = np.where(active & (margin < 0.0), s["bad"] + 1, 0)
    leaves = bad >= p.patience
    locked = s["locked"]
    idle = ~active
    if leaves.any():
        freed = float(stake[leaves].sum())
        circulating += freed
        locked -= freed
        active = active & ~leaves
        bad = np.where(leaves, 0, bad)
        stake = np.where(leaves, 0.0, stake)
    # 9: entry where a mean node would earn.
    n_online = int(online.sum())
    if paid_out / max(1, n_online) * price - w.mean_cost > 0.0 and idle.any():
        enters = np.flatnonzero(idle & (v < p.entry))
        room = int(circulating // p.stake) if p.stake > 0.0 else enters.size
        enters = enters[:room]
        if enters.size:
            active = active.copy()
            stake = stake.copy()
            active[enters] = True
            stake[enters] = p.stake
            circulating -= enters.size * p.stake
            locked += enters.size * p.stake
    # 10: record.
    due = (t + 1) % p.gini_every == 0
    new = {
        "demand": demand,
        "usd": usd,
        "tok": tok,
        "minted": minted,
        "burned": burned,
        "circulating": circulating,
        "locked": locked,
        "price": usd / tok,
        "n_active": int(active.sum()),
        "n_online": n_online,
        "gini": gini(rewards[online]) if due else s["gini"],
        "active": active,
        "up": up,
        "bad": bad,
        "stake": stake,
    }
    check(new)
    return new


def check(s):
    """The books balance and the pool has both sides, or the program stops."""
    held = s["circulating"] + s["locked"] + s["tok"] + s["burned"]
    if abs(held - s["minted"]) > 1e-9 * s["minted"]:
        raise AssertionError(f"{held} tokens held, {s['minted']} minted")
    if not (s["usd"] > 0.0 and s["tok"] > 0.0 and s["circulating"] >= -1e-6):
        raise AssertionError(f"{s['usd']} USD, {s['tok']} TOK, {s['circulating']}")


def outcome(s):
    """What is compared between programs."""
    return [s["price"], s["n_active"], s["minted"], s["burned"]]
