"""The Metropolis chain for H = x² with numba's compiled loop, and the means, errors and
autocorrelation of x and x² by doubling bins (Flyvbjerg & Petersen 1989); with a file name also its
CSV by the csv module. ns a step.
"""
import csv
import math
import random
import sys
import time

import numpy as np
from numba import njit


@njit
def add(value, pending, squares, count):
    level = 0
    while True:
        squares[level] += value * value
        if count & (1 << level):
            pending[level] = value
            return
        value += pending[level]
        level += 1


@njit
def chain(n, beta, h, xs, accepts):
    x, sums, accepted = 1.0, np.zeros(2), 0
    pending, squares = np.zeros((2, 54)), np.zeros((2, 54))
    for i in range(n):
        y = x + h * (2 * random.random() - 1)
        rise = y * y - x * x
        accept = rise <= 0 or random.random() < math.exp(-beta * rise)
        if accept:
            x = y
            accepted += 1
        sums[0] += x
        sums[1] += x * x
        add(x, pending[0], squares[0], i + 1)
        add(x * x, pending[1], squares[1], i + 1)
        if len(xs) > 0:
            xs[i] = x
            accepts[i] = accept
    return sums / n, squares, accepted / n


def error(mean, squares, n, level):
    bins = n >> level
    return math.sqrt((squares[level] / bins / 4**level - mean * mean) / (bins - 1))


path = sys.argv[1] if len(sys.argv) > 1 else None
n = 20_000_000 if path is None else 1_000_000
xs, accepts = np.empty(n if path else 0), np.empty(n if path else 0, np.int8)
chain(1000, 1.0, 1.5, xs[:1000], accepts[:1000])
start = time.perf_counter()
means, squares, acceptance = chain(n, 1.0, 1.5, xs, accepts)
if path is not None:
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["x", "accept"])
        writer.writerows(zip(xs.tolist(), accepts.tolist()))
seconds = time.perf_counter() - start
first, tenth = error(means[1], squares[1], n, 0), error(means[1], squares[1], n, 10)
print(
    f"<x> = {means[0]:.4f}, <x^2> = {means[1]:.4f} ± {tenth:.4f}, acceptance {acceptance:.4f}, "
    f"tau {(tenth / first) ** 2 / 2:.2f}",
    file=sys.stderr,
)
print(seconds * 1e9 / n)
