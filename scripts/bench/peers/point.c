/* One point of the scan as a program of its own, for GNU Parallel: point M H BETA N FILE. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t s[4];

static inline double next(void) {
  uint64_t r = s[0] + s[3], t = s[1] << 17;
  s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t;
  s[3] = s[3] << 45 | s[3] >> 19;
  return (r >> 11) * 0x1p-53;
}

int main(int argc, char **argv) {
  double x = atof(argv[1]), h = atof(argv[2]), beta = atof(argv[3]);
  for (int i = 0; i < 3; i++) { double v = atof(argv[1 + i]); memcpy(&s[i], &v, 8); }
  s[3] = 1;
  FILE *file = fopen(argv[5], "w");
  fputs("x,accept\n", file);
  for (int i = 0; i < atoi(argv[4]); i++) {
    double y = x + h * (2 * next() - 1), rise = y * y - x * x;
    int accept = rise <= 0 || next() < exp(-beta * rise);
    if (accept) x = y;
    fprintf(file, "%.17g,%d\n", x, accept);
  }
  fclose(file);
}
