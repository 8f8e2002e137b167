"""A trivial task through Pathos: ParallelPool, or chunked through ProcessPool. µs a task."""
import sys
import time

from pathos.pools import ParallelPool, ProcessPool

kind, n = (ParallelPool, 2000) if sys.argv[1] == "ParallelPool" else (ProcessPool, 200_000)
pool = kind(nodes=2)
pool.map(pow, [1] * 100, [2] * 100)
start = time.perf_counter()
pool.map(pow, range(n), [2] * n)
print((time.perf_counter() - start) * 1e6 / n)
