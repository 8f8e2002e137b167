"""The Metropolis chain for H = x² with numba's compiled loop. ns a step."""
import math
import random
import sys
import time

from numba import njit


@njit
def chain(n, beta, h):
    x, squares = 1.0, 0.0
    for _ in range(n):
        y = x + h * (2 * random.random() - 1)
        rise = y * y - x * x
        if rise <= 0 or random.random() < math.exp(-beta * rise):
            x = y
        squares += x * x
    return squares / n


n = 20_000_000
chain(1000, 1.0, 1.5)
start = time.perf_counter()
mean = chain(n, 1.0, 1.5)
seconds = time.perf_counter() - start
print("<x^2> =", mean, file=sys.stderr)
print(seconds * 1e9 / n)
