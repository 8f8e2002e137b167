"""The Metropolis chain for H = x² as it is written in Python, with NumPy's scalars; with a file name
also its CSV by the csv module, line by line. ns a step.
"""
import csv
import sys
import time

import numpy as np

path = sys.argv[1] if len(sys.argv) > 1 else None
beta, h, n = 1.0, 1.5, 200_000
x, squares, accepted = 1.0, 0.0, 0
file = open(path, "w", newline="") if path else None
writer = csv.writer(file) if file else None
if writer:
    writer.writerow(["x", "accept"])
start = time.perf_counter()
for _ in range(n):
    proposed = x + h * np.random.uniform(-1, 1)
    accept = 0
    if np.random.random() <= np.exp(-beta * (proposed * proposed - x * x)):
        x = proposed
        accept = 1
    accepted += accept
    squares += x * x
    if writer:
        writer.writerow([x, accept])
if file:
    file.close()
seconds = time.perf_counter() - start
print(f"<x^2> = {squares / n:.4f}, acceptance {accepted / n:.4f}", file=sys.stderr)
print(seconds * 1e9 / n)
