"""A 9 × 9 × 4 scan as it is done in Python: NumPy scalars, csv, a file a point, two processes."""
import csv
import os
import sys
from itertools import product

import numpy as np

try:
    from pathos.pools import ParallelPool
except ImportError:
    ParallelPool = None
from multiprocessing import Pool


def run_mc(m, h, beta, iterations, name):
    import csv

    import numpy as np

    x = m
    with open(name, "w") as file:
        writer = csv.writer(file)
        writer.writerow(["x", "accept"])
        for _ in range(iterations):
            proposed = x + h * np.random.uniform(-1, 1)
            accept = 0
            if np.random.random() <= np.exp(-beta * (proposed * proposed - x * x)):
                x = proposed
                accept = 1
            writer.writerow([x, accept])
    return name


if __name__ == "__main__":
    folder, kind = sys.argv[1:]
    values = [0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0]
    betas, ms, hs = zip(*product(values, values, [0.25, 0.5, 1.0, 2.5]))
    names = [os.path.join(folder, f"b{b}_m{m}_h{h}.dat") for b, m, h in zip(betas, ms, hs)]
    lists = (ms, hs, betas, [10000] * len(ms), names)
    if kind == "pathos":
        ParallelPool(nodes=2).map(run_mc, *lists)
    else:
        with Pool(2) as pool:
            pool.starmap(run_mc, zip(*lists))
