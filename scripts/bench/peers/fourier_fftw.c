/*
 * fourier_fftw filter|spectrum|power WIDTH HEIGHT: a circular lowpass of radius height/10, the
 * transform alone, or |F|² of it, with FFTW, FFTW_MEASURE, real transforms. ms.
 */
#include <fftw3.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int ascending(const void *a, const void *b) {
  double d = *(const double *)a - *(const double *)b;
  return d < 0 ? -1 : d > 0;
}

int main(int argc, char **argv) {
  const int isFilter = !strcmp(argv[1], "filter"), isPower = !strcmp(argv[1], "power");
  const int width = atoi(argv[2]), height = atoi(argv[3]), columns = width / 2 + 1;
  const double radius = height / 10;
  double *image = fftw_malloc(sizeof(double) * width * height);
  double *result = fftw_malloc(sizeof(double) * width * height);
  fftw_complex *spectrum = fftw_malloc(sizeof(fftw_complex) * columns * height);
  double *powers = fftw_malloc(sizeof(double) * columns * height);
  fftw_plan forward = fftw_plan_dft_r2c_2d(height, width, image, spectrum, FFTW_MEASURE);
  fftw_plan backward = fftw_plan_dft_c2r_2d(height, width, spectrum, result, FFTW_MEASURE);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      image[y * width + x] = (7L * x * x + 11 * y + 3L * x * y) % 256;
  double times[7], scale = 1.0 / width / height, least = INFINITY, most = -INFINITY;
  for (int round = 0; round < 7; round++) {
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    fftw_execute(forward);
    for (int row = 0; isFilter && row < height; row++) {
      const double v = row <= height / 2 ? row : row - height;
      for (int u = 0; u < columns; u++) {
        const double keep = (double)u * u + v * v <= radius * radius ? scale : 0;
        spectrum[row * columns + u][0] *= keep;
        spectrum[row * columns + u][1] *= keep;
      }
    }
    for (int i = 0; isPower && i < columns * height; i++) {
      powers[i] = spectrum[i][0] * spectrum[i][0] + spectrum[i][1] * spectrum[i][1];
    }
    if (isFilter) fftw_execute(backward);
    clock_gettime(CLOCK_MONOTONIC, &b);
    times[round] = (b.tv_sec - a.tv_sec) * 1e3 + (b.tv_nsec - a.tv_nsec) / 1e6;
  }
  double total = 0;
  for (int i = 0; !isFilter && i < columns * height; i++) {
    const double re = spectrum[i][0], im = spectrum[i][1];
    total += (i % columns == 0 || 2 * (i % columns) == width ? 1 : 2) * (re * re + im * im);
  }
  for (int i = 0; i < width * height; i++) {
    least = fmin(least, result[i]);
    most = fmax(most, result[i]);
  }
  qsort(times, 7, sizeof(double), ascending);
  if (isFilter) fprintf(stderr, "min %.6f max %.6f\n", least, most);
  else fprintf(stderr, "sum of |F|² %.8e\n", total);
  printf("%.4f\n", times[3]);
}
