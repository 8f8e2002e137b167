/** Check values: CRC-32 for a line of a ledger, SHA-256 for a plan and run.json. */

/** The CRC-32 of IEEE 802.3 (reflected polynomial 0xEDB88320), four bytes a step. */
const [TABLE_0, TABLE_1, TABLE_2, TABLE_3] = makeTables();

/** The CRC-32 of bytes `from`…`to` − 1, as an unsigned number. */
export function crc32(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let crc = -1;
  let i = from;
  for (; i + 4 <= to; i += 4) {
    crc ^= bytes[i]! | bytes[i + 1]! << 8 | bytes[i + 2]! << 16 | bytes[i + 3]! << 24;
    crc = TABLE_3[crc & 255]! ^ TABLE_2[crc >>> 8 & 255]! ^ TABLE_1[crc >>> 16 & 255]! ^
      TABLE_0[crc >>> 24]!;
  }
  for (; i < to; i++) crc = TABLE_0[(crc ^ bytes[i]!) & 255]! ^ crc >>> 8;
  return ~crc >>> 0;
}

/** The SHA-256 of a text in hex. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Table k holds the CRC of each byte followed by k zero bytes. */
function makeTables(): [Uint32Array, Uint32Array, Uint32Array, Uint32Array] {
  const table = () => new Uint32Array(256);
  const tables: ReturnType<typeof makeTables> = [table(), table(), table(), table()];
  // The CRC is linear: from those of single bits, top bit first, follow all others.
  for (let bit = 128, crc = 1; bit > 0; bit >>>= 1) {
    crc = crc >>> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    for (let byte = 0; byte < 256; byte += 2 * bit) {
      tables[0]![byte + bit] = tables[0]![byte]! ^ crc;
    }
  }
  for (let k = 1; k < 4; k++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = tables[k - 1]![byte]!;
      tables[k]![byte] = before >>> 8 ^ tables[0]![before & 255]!;
    }
  }
  return tables;
}
