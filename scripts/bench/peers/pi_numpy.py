"""π by points in the unit square with NumPy, in pieces that fit the cache. ns a point."""
import sys
import time

import numpy as np

n, piece = 50_000_000, 1 << 18
random = np.random.default_rng(1).random
inside = 0
start = time.perf_counter()
for _ in range(n // piece):
    x = random(piece)
    y = random(piece)
    inside += np.count_nonzero(x * x + y * y < 1)
seconds = time.perf_counter() - start
points = n // piece * piece
print("pi =", 4 * inside / points, file=sys.stderr)
print(seconds * 1e9 / points)
