// The Metropolis chain for H = x², with exp; with `text` also its CSV by std::to_chars to a file.
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
  double start = now(), x = 1, sum = 0, squares = 0;
  long accepted = 0;
  char *p = text.data();
  for (int i = 0; i < n; i++) {
    double y = x + h * (2 * next() - 1), rise = y * y - x * x;
    bool accept = rise <= 0 || next() < std::exp(-beta * rise);
    if (accept) { x = y; accepted++; }
    sum += x;
    squares += x * x;
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
  fprintf(stderr, "<x^2> = %.4f, acceptance %.4f\n", squares / n, double(accepted) / n);
  printf("%.4f\n", nanoseconds);
}
