"""Writes banded_reference.csv beside this file.

    pip install numpy==2.4.6 scipy==1.17.1 jax-privacy==2.0.0 dp_accounting==0.6.0
    python banded_reference.py

Of b bands and T steps: the exponent a that makes ||A C^-1||_F^2 / T smallest (dense matrices, inverted by
LAPACK; scipy's bounded search), the bands, the first and last coefficients of C^-1, the root mean squared
error of prefix sums of these bands and of the best bands that there are (L-BFGS over all coefficients, held
against jax_privacy's own error of the same coefficients); and of q, sigma and delta the epsilon of ceil(T/b)
Poisson-subsampled Gaussians of rate bq, by dp_accounting's PLD.
"""
import csv
import pathlib

import numpy as np
from dp_accounting import dp_event
from dp_accounting.pld import pld_privacy_accountant
from jax_privacy.matrix_factorization import toeplitz
from scipy.optimize import minimize, minimize_scalar
from scipy.special import binom

HERE = pathlib.Path(__file__).parent


def series(a, b):
    """The first b coefficients of (1 - x)^(-a), by binomials."""
    c = np.array([abs(binom(-a, i)) for i in range(b)])
    return c / np.linalg.norm(c)


def dense(c, n):
    out = np.zeros((n, n))
    for i, value in enumerate(c):
        out += value * np.eye(n, k=-i)
    return out


def error(c, n):
    """sqrt(||A C^-1||_F^2 / n), of bands scaled to norm 1."""
    c = c / np.linalg.norm(c)
    a = np.tril(np.ones((n, n)))
    return np.sqrt(np.sum((a @ np.linalg.inv(dense(c, n))) ** 2) / n)


def epsilon(q, sigma, steps, delta):
    step = dp_event.PoissonSampledDpEvent(q, dp_event.GaussianDpEvent(sigma))
    accountant = pld_privacy_accountant.PLDAccountant(value_discretization_interval=1e-4)
    accountant.compose(dp_event.SelfComposedDpEvent(step, steps))
    return accountant.get_epsilon(delta)


def row(b, n, q, sigma, delta):
    found = minimize_scalar(
        lambda a: error(series(a, b), n), bounds=(0.1, 1.5), method="bounded", options={"xatol": 1e-9}
    )
    c = series(found.x, b)
    w = np.linalg.inv(dense(c, n))[:, 0]
    best = minimize(lambda x: error(np.concatenate([[1], x]), n), c[1:] / c[0], method="L-BFGS-B").fun
    import jax.numpy as jnp

    theirs = float(toeplitz.loss(jnp.array(c), n)) ** 0.5
    assert abs(theirs / error(c, n) - 1) < 1e-4, (theirs, error(c, n))
    rounds = -(-n // b)
    return [b, n, found.x, *c[:4], *([0] * (4 - len(c[:4]))), w[0], w[1], w[2], w[-1], error(c, n), best,
            np.linalg.norm(w), q, sigma, delta, rounds, epsilon(b * q, sigma, rounds, delta)]


with open(HERE / "banded_reference.csv", "w", newline="") as out:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow("b,n,a,c0,c1,c2,c3,w0,w1,w2,w_last,rmse,best_rmse,last_deviation,q,sigma,delta,rounds,epsilon".split(","))
    for b, n, q, sigma, delta in [
        (2, 60, 0.02, 0.9, 1e-5),
        (4, 60, 0.02, 1.1, 1e-5),
        (8, 60, 0.1, 2.0, 1e-5),
        (4, 200, 0.01, 0.8, 1e-6),
        (8, 200, 0.05, 1.5, 1e-5),
        (16, 210, 0.0625, 3.0, 1e-5),
    ]:
        writer.writerow(row(b, n, q, sigma, delta))
