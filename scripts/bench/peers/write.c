/* Files of 33 MB, written by nothing else than write: write FOLDER FIRST LAST. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 1 << 17, PIECES = 252 };

int main(int argc, char **argv) {
  char *text = malloc(PIECE), path[4096];
  memset(text, '1', PIECE);
  for (int i = atoi(argv[2]); i <= atoi(argv[3]); i++) {
    snprintf(path, sizeof path, "%s/%d.dat", argv[1], i);
    int file = open(path, O_CREAT | O_EXCL | O_WRONLY, 0644);
    for (int k = 0; k < PIECES; k++)
      if (write(file, text, PIECE) != PIECE) return 1;
    close(file);
  }
  return 0;
}
