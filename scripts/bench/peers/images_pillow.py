"""A list of JPEGs through a lowpass to PNG: Pillow, scipy.fft and a pool of two processes."""
import os
import sys
from multiprocessing import Pool

import numpy as np
import scipy.fft
from PIL import Image

source, target = sys.argv[1:]


def run(name):
    image = np.asarray(Image.open(os.path.join(source, name)).convert("L"), dtype=float)
    height, width = image.shape
    spectrum = scipy.fft.rfft2(image)
    u = np.arange(width // 2 + 1)[None, :]
    v = np.fft.fftfreq(height, 1 / height)[:, None]
    spectrum[u * u + v * v > 75**2] = 0
    result = scipy.fft.irfft2(spectrum, s=image.shape)
    grey = np.clip(np.rint(result), 0, 255).astype(np.uint8)
    Image.fromarray(grey).save(os.path.join(target, name[:-4] + ".png"))


if __name__ == "__main__":
    with Pool(2) as pool:
        pool.map(run, sorted(os.listdir(source)))
