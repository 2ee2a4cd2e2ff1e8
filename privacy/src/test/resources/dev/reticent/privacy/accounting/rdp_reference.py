"""Writes rdp_reference.csv: log A(alpha) of the Poisson-subsampled Gaussian, by mpmath.

    pip install mpmath==1.3.0 && python rdp_reference.py > rdp_reference.csv

Integer orders by the finite binomial sum (Mironov, Talwar and Zhang 2019, section 3.3), fractional ones by
Gauss-Legendre quadrature in pieces; both with 60 digits, so that 1 can be taken off.
"""
from mpmath import mp, mpf, binomial, exp, log, quad, sqrt, pi

mp.dps = 60


def integer(q, s, a):
    terms = (
        binomial(a, k) * (1 - q) ** (a - k) * q**k * exp(mpf(k * (k - 1)) / (2 * s * s)) for k in range(a + 1)
    )
    return log(sum(terms))


def fractional(q, s, a):
    def f(z):
        return (1 - q + q * exp((2 * z - 1) / (2 * s * s))) ** a * exp(-z * z / (2 * s * s)) / (s * sqrt(2 * pi))

    piece = min(2 * s, 4 * s * s)
    spans, points = [(-18 * s, 18 * s), (a - 18 * s, a + 18 * s)], []
    if spans[1][0] <= spans[0][1]:
        spans = [(-18 * s, a + 18 * s)]
    total = mpf(0)
    for low, high in spans:
        n = int((high - low) / piece) + 1
        total += quad(f, [low + (high - low) * i / n for i in range(n + 1)])
    return log(total)


def main():
    print("# provenance: mpmath 1.3.0 with 60 digits, by the script of the same name (2026-11-24)")
    print("q,sigma,order,log_moment")
    for q in ("1e-6", "1e-3", "0.05", "0.2276", "0.9", "0.999999"):
        for s in ("0.05", "0.5", "1", "4", "100"):
            for a in (2, 3, 17, 128, 1024):
                print(f"{q},{s},{a},{mp.nstr(integer(mpf(q), mpf(s), a), 20)}", flush=True)
    for q in ("1e-6", "0.05", "0.2276", "0.999999"):
        for s in ("0.1", "0.5", "1", "100"):
            for a in ("1.001", "1.5", "7.3"):
                print(f"{q},{s},{a},{mp.nstr(fractional(mpf(q), mpf(s), mpf(a)), 20)}", flush=True)


main()
