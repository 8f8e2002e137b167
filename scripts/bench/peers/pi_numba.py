"""π by points in the unit square with numba's compiled loop. ns a point."""
import random
import sys
import time

from numba import njit


@njit
def count(n):
    inside = 0
    for _ in range(n):
        x = random.random()
        y = random.random()
        inside += x * x + y * y < 1
    return inside


n = 50_000_000
count(1000)
start = time.perf_counter()
inside = count(n)
seconds = time.perf_counter() - start
print("pi =", 4 * inside / n, file=sys.stderr)
print(seconds * 1e9 / n)
