// The shortest text of doubles by std::to_chars. ns a number.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <vector>

int main() {
  std::vector<double> values(1 << 16);
  uint64_t state = 1;
  for (double &value : values) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    value = ((state >> 11) * 0x1p-53 - 0.5) * 4;
  }
  char text[64];
  long length = 0;
  timespec a, b;
  clock_gettime(CLOCK_MONOTONIC, &a);
  const int rounds = 200;
  for (int round = 0; round < rounds; round++)
    for (double value : values) length += std::to_chars(text, text + 64, value).ptr - text;
  clock_gettime(CLOCK_MONOTONIC, &b);
  fprintf(stderr, "%ld characters\n", length);
  printf("%.4f\n", ((b.tv_sec - a.tv_sec) * 1e9 + (b.tv_nsec - a.tv_nsec)) / rounds / values.size());
}
