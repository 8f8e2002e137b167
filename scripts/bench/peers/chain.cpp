// The Metropolis chain for H = x², with exp, and the means, errors and autocorrelation of x and x² by
// doubling bins (Flyvbjerg & Petersen 1989); with `text` also its CSV by std::to_chars to a file.
// ns a step.
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <vector>

static uint64_t s[4] = {1, 2, 3, 4};

static inline double next() {
  uint64_t r = s[0] + s[3], t = s[1] << 17;
  s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t;
  s[3] = s[3] << 45 | s[3] >> 19;
  return (r >> 11) * 0x1p-53;
}

// Bins of 1, 2, 4, … values: the sum of the pending one, and of the squares of all.
struct Bins {
  double pending[54] = {}, squares[54] = {}, sum = 0;
  long count = 0;
  void add(double value) {
    sum += value;
    count++;
    for (int level = 0;; level++) {
      squares[level] += value * value;
      if (count & 1L << level) {
        pending[level] = value;
        return;
      }
      value += pending[level];
    }
  }
  // The error of the mean from bins of 2^level, and the autocorrelation time that follows.
  double error(int level) const {
    const double size = double(1L << level), n = double(count >> level);
    const double mean = sum / count, variance = squares[level] / n / size / size - mean * mean;
    return std::sqrt(variance / (n - 1));
  }
};

static double now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv) {
  const bool wantsText = argc > 1 && !strcmp(argv[1], "text");
  const double beta = 1, h = 1.5;
  const int n = wantsText ? 10'000'000 : 40'000'000;
  std::vector<char> text(wantsText ? 1 << 20 : 0);
  FILE *file = wantsText ? fopen(argv[2], "w") : nullptr;
  Bins first, second;
  double start = now(), x = 1;
  long accepted = 0;
  char *p = text.data();
  for (int i = 0; i < n; i++) {
    double y = x + h * (2 * next() - 1), rise = y * y - x * x;
    bool accept = rise <= 0 || next() < std::exp(-beta * rise);
    if (accept) { x = y; accepted++; }
    first.add(x);
    second.add(x * x);
    if (!wantsText) continue;
    p = std::to_chars(p, p + 32, x).ptr;
    *p++ = ',';
    *p++ = '0' + accept;
    *p++ = '\n';
    if (p - text.data() > (1 << 20) - 64) {
      fwrite(text.data(), 1, p - text.data(), file);
      p = text.data();
    }
  }
  if (file) { fwrite(text.data(), 1, p - text.data(), file); fclose(file); }
  double nanoseconds = (now() - start) / n;
  const double ratio = second.error(10) / second.error(0);
  fprintf(stderr, "<x> = %.4f, <x^2> = %.4f ± %.4f, acceptance %.4f, tau %.2f\n", first.sum / n,
          second.sum / n, second.error(10), double(accepted) / n, ratio * ratio / 2);
  printf("%.4f\n", nanoseconds);
}
