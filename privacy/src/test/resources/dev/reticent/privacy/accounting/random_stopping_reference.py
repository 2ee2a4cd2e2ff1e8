"""Writes random_stopping_reference.csv beside this file: dp_accounting's RepeatAndSelectDpEvent.

    pip install dp_accounting==0.6.0
    python random_stopping_reference.py

It implements theorems 2 and 6 of arXiv 2110.03620 on its own Renyi divergences of the Poisson-subsampled
Gaussian. The orders are those of RenyiCurve, so that the figures can be compared closely.
"""
import csv
import pathlib

import numpy as np
from dp_accounting import dp_event
from dp_accounting.rdp import rdp_privacy_accountant

ORDERS = 1 + np.geomspace(1e-3, 1023, 200)


def epsilon(q, sigma, steps, delta, mean, shape):
    step = dp_event.PoissonSampledDpEvent(q, dp_event.GaussianDpEvent(sigma))
    run = dp_event.SelfComposedDpEvent(step, steps)
    accountant = rdp_privacy_accountant.RdpAccountant(ORDERS)
    accountant.compose(run if mean is None else dp_event.RepeatAndSelectDpEvent(run, mean, shape))
    return accountant.get_epsilon(delta)


with open(pathlib.Path(__file__).with_suffix(".csv"), "w", newline="") as out:
    out.write("# provenance: random_stopping_reference.py with dp_accounting 0.6.0; adding or removing one row\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow("q,sigma,steps,delta,mean,one,poisson,geometric".split(","))
    for q, sigma, steps, delta, mean in [
        (1.0, 20.0, 100, 1e-6, 10),
        (0.0256, 0.9, 79, 1e-5, 8),
        (0.05, 2.0, 100, 1e-5, 4),
        (0.01, 1.0, 1000, 1e-6, 30),
        (0.1, 6.0, 50, 1e-5, 1),
    ]:
        figures = [epsilon(q, sigma, steps, delta, m, s) for m, s in ((None, 0), (mean, np.inf), (mean, 1))]
        writer.writerow([q, sigma, steps, delta, mean, *figures])
