"""Writes trade_off_reference.csv: what the best test can do, by dp_accounting's privacy loss distributions.

python trade_off_reference.py accounting_reference.csv > trade_off_reference.csv

Each direction's loss is dp_accounting's pessimistic one on a fine grid, so the figures are a little above the truth.
The bound at a share of false positives is taken over 4000 values of epsilon.
"""
import csv
import importlib.metadata
import sys

import numpy as np
from dp_accounting.pld import privacy_loss_distribution as pld

VERSION = importlib.metadata.version("dp-accounting")


def true_positives(epsilons, deltas, alpha):
    factors = np.exp(np.minimum(epsilons, 700))
    return min(1.0, np.min(deltas + factors * alpha), np.min(1 - (1 - alpha - deltas) / factors))


def row(name, q, sigma, steps, last):
    spacing = min(1e-4, last / 4000)
    one = pld.from_gaussian_mechanism(
        sigma, sampling_prob=q, value_discretization_interval=spacing, use_connect_dots=True)
    all_steps = one.self_compose(steps)
    epsilons = np.linspace(0, 1.5 * last, 4000)
    deltas = np.array(all_steps.get_delta_for_epsilon(epsilons))
    print(name, q, sigma, steps, (1 + deltas[0]) / 2, true_positives(epsilons, deltas, 0.01),
          true_positives(epsilons, deltas, 0.001), sep=",")


print(f"# provenance: trade_off_reference.py with dp_accounting {VERSION}; adding or removing one row")
print("id,q,sigma,steps,accuracy,true_positives_at_0_01,true_positives_at_0_001")
with open(sys.argv[1]) as file:
    for r in csv.DictReader(line for line in file if not line.startswith("#")):
        if r["id"] in ("A04", "A05", "B03", "B05", "B06", "B07", "B08", "B14", "B16"):
            row(r["id"], float(r["q"]), float(r["sigma"]), int(r["steps"]), float(r["eps_pld_upper"]))
row("quickstart", 512 / 20000, 0.8735, 79, 3.0)
