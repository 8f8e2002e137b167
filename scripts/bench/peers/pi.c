/* π by points in the unit square: xoshiro256+ and doubles, one number a coordinate. ns a point. */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

static uint64_t s[4] = {1, 2, 3, 4};

static inline double next(void) {
  uint64_t r = s[0] + s[3], t = s[1] << 17;
  s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t;
  s[3] = s[3] << 45 | s[3] >> 19;
  return (r >> 11) * 0x1p-53;
}

int main(void) {
  const long n = 200000000;
  struct timespec a, b;
  clock_gettime(CLOCK_MONOTONIC, &a);
  long inside = 0;
  for (long i = 0; i < n; i++) {
    double x = next(), y = next();
    inside += x * x + y * y < 1;
  }
  clock_gettime(CLOCK_MONOTONIC, &b);
  fprintf(stderr, "pi = %.6f\n", 4.0 * inside / n);
  printf("%.4f\n", ((b.tv_sec - a.tv_sec) * 1e9 + (b.tv_nsec - a.tv_nsec)) / n);
}
