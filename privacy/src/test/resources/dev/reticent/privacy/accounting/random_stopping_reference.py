"""Writes random_stopping_reference.csv beside this file.

    pip install dp_accounting==0.6.0 numpy==2.4.6
    python random_stopping_reference.py

Renyi divergences of the Poisson-subsampled Gaussian by numpy quadrature (dp_accounting's own drop orders that do
not converge), theorems 2 and 6 of arXiv 2110.03620 and the conversion to epsilon by dp_accounting. The orders are
those of RenyiCurve, so that the figures can be compared closely.
"""
import csv
import pathlib

import numpy as np
from dp_accounting.rdp import rdp_privacy_accountant as rdp

ORDERS = 1 + np.geomspace(1e-3, 1023, 200)


def divergence(order, q, sigma):
    """log E over x of N(0, sigma^2) of (1 - q + q exp((2x - 1) / (2 sigma^2)))^order, over order - 1."""
    if q == 1:
        return order / (2 * sigma**2)
    x = np.linspace(-40 * sigma, 40 * sigma + order, 2_000_001)
    ratio = np.logaddexp(np.log1p(-q), np.log(q) + (2 * x - 1) / (2 * sigma**2))
    log = order * ratio - x**2 / (2 * sigma**2) - np.log(sigma * np.sqrt(2 * np.pi))
    top = log.max()
    return (top + np.log(np.sum(np.exp(log - top)) * (x[1] - x[0]))) / (order - 1)


def row(q, sigma, steps, delta, mean):
    one = np.array([steps * divergence(order, q, sigma) for order in ORDERS])
    many = [rdp._compute_rdp_repeat_and_select(ORDERS, one, mean, shape) for shape in (np.inf, 1)]
    return [q, sigma, steps, delta, mean, *(rdp.compute_epsilon(ORDERS, r, delta)[0] for r in (one, *many))]


with open(pathlib.Path(__file__).with_suffix(".csv"), "w", newline="") as out:
    out.write("# provenance: random_stopping_reference.py with dp_accounting 0.6.0; adding or removing one row\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow("q,sigma,steps,delta,mean,one,poisson,geometric".split(","))
    writer.writerow(row(1.0, 20.0, 100, 1e-6, 10))
    writer.writerow(row(0.0256, 0.9, 79, 1e-5, 8))
    writer.writerow(row(0.05, 2.0, 100, 1e-5, 4))
    writer.writerow(row(0.01, 1.0, 1000, 1e-6, 30))
    writer.writerow(row(0.1, 6.0, 50, 1e-5, 1))
