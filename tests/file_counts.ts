/** Counts what this thread opens, reads and writes, by standing before the functions that do it. */

/** Files opened, and bytes. */
export interface FileCounts {
  opened: number;
  read: number;
  written: number;
}

/** Does something, and counts meanwhile; what is not there counts as opened too. */
export async function countFiles(action: () => Promise<unknown>): Promise<FileCounts> {
  const counts: FileCounts = { opened: 0, read: 0, written: 0 };
  const { openSync, readTextFileSync, readFileSync, writeFileSync } = Deno;
  const { readSync, writeSync } = Deno.FsFile.prototype;
  const bytesOf = (text: string) => new TextEncoder().encode(text).length;
  Object.assign(Deno, {
    openSync(...args: Parameters<typeof openSync>) {
      counts.opened++;
      return openSync(...args);
    },
    readTextFileSync(path: string | URL) {
      counts.opened++;
      const text = readTextFileSync(path);
      counts.read += bytesOf(text);
      return text;
    },
    readFileSync(path: string | URL) {
      counts.opened++;
      const bytes = readFileSync(path);
      counts.read += bytes.length;
      return bytes;
    },
    writeFileSync(...args: Parameters<typeof writeFileSync>) {
      counts.opened++;
      counts.written += args[1] instanceof Uint8Array ? args[1].length : 0;
      writeFileSync(...args);
    },
  });
  Object.assign(Deno.FsFile.prototype, {
    readSync(this: Deno.FsFile, bytes: Uint8Array) {
      const read = readSync.call(this, bytes);
      counts.read += read ?? 0;
      return read;
    },
    writeSync(this: Deno.FsFile, bytes: Uint8Array) {
      const written = writeSync.call(this, bytes);
      counts.written += written;
      return written;
    },
  });
  try {
    await action();
  } finally {
    Object.assign(Deno, { openSync, readTextFileSync, readFileSync, writeFileSync });
    Object.assign(Deno.FsFile.prototype, { readSync, writeSync });
  }
  return counts;
}
