/** Tables in every format, held to readers that know nothing of how they were written. */
import { assert, assertEquals } from "@std/assert";
import { parquetReadObjects } from "hyparquet";
import { fourier } from "../wasm/fourier/descriptor.ts";
import type { Plan } from "./plan.ts";
import { formats } from "./tables.ts";
import { pointWriter } from "./value_text.ts";

const NAMES = ["a.png", 'odd, "ä" 😀\n.png'];
const PLAN: Plan = {
  ...{ kernel: "fourier", version: 1, zip: [], derived: {}, where: null, seed: 1, series: null },
  parameters: fourier.parameters.map(({ name }) => name),
  axes: [{ name: "image", typed: [], values: [0, 1], texts: NAMES }],
  fixed: { operation: 0, radius: 0.1, units: 0, noise: 0, grey: 0, observe: 0, replica: 0 },
  idle: [{ name: "radius", of: "operation", at: [3] }],
};
/** Values of each point, and its row as it stands in a CSV file. */
const POINTS: readonly (readonly [number[], string | undefined])[] = [
  [[0, 0, 0.1, 0, 0, 0, 0, 0], "5,4,0.30000000000000004,,inf,-inf"],
  [[1, 3, 0, 1, 0, 1, 2, 9007199254740991], undefined],
];
const COLUMNS = [
  ...["index", "image", "operation", "radius", "units", "noise", "grey", "observe", "replica"],
  ...["width", "height", "energy_kept", "rms_change", "min", "max"],
];
/** What a reader should find. */
const EXPECTED: readonly (readonly unknown[])[] = [
  [
    ...[0, "a.png", "lowpass", 0.1, "bins", 0, "luma", "auto", 0],
    ...[5, 4, 0.30000000000000004, null, Infinity, -Infinity],
  ],
  [
    ...[1, NAMES[1], "autocorrelation", null, "cycles", 0, "average", "intensity"],
    ...[9007199254740991, null, null, null, null, null, null],
  ],
];

/** The bytes of the points as a table, `times` times over. */
async function written(name: string, times = 1): Promise<Uint8Array<ArrayBuffer>> {
  const folder = Deno.makeTempDirSync();
  try {
    const open = await formats.find((format) => format.name === name)!.load();
    const write = pointWriter(PLAN);
    {
      using table = open(`${folder}/table`, PLAN, fourier);
      for (let i = 0; i < times * POINTS.length; i++) {
        const [numbers, row] = POINTS[i % POINTS.length]!;
        const values = Float64Array.from(numbers);
        table.add({ index: i, values, cells: write(values), row });
      }
      table.finish();
    }
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["table"]);
    return Deno.readFileSync(`${folder}/table`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("NdjsonTable writes an object a point, null and words for what has no JSON", async () => {
  const lines = new TextDecoder().decode(await written("ndjson")).split("\n");
  assertEquals(lines.pop(), "");
  const infinities = new Map<unknown, unknown>([["inf", Infinity], ["-inf", -Infinity]]);
  for (const [i, line] of lines.entries()) {
    const cells: [string, unknown][] = Object.entries(JSON.parse(line));
    assertEquals(cells.map(([name]) => name), COLUMNS);
    assertEquals(cells.map(([, cell]) => infinities.get(cell) ?? cell), EXPECTED[i]);
  }
});

Deno.test("NpyTable writes the fields that its header says: numbers, texts, nothing", async () => {
  const bytes = await written("npy");
  const view = new DataView(bytes.buffer);
  assertEquals([...bytes.subarray(0, 8)], [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0]);
  const headerBytes = view.getUint32(8, true);
  assertEquals((12 + headerBytes) % 64, 0);
  const header = new TextDecoder().decode(bytes.subarray(12, 12 + headerBytes));
  assert(/'fortran_order': False, 'shape': \(2,\), } *\n$/.test(header), header);
  const fields = [...header.matchAll(/\('(\w+)', '<([if]8|U\d+)'\)/g)];
  assertEquals(fields.map(([, name]) => name), COLUMNS);
  let at = 12 + headerBytes;
  for (const expected of EXPECTED) {
    const row = fields.map(([, , type]) => {
      const start = at;
      at += type!.startsWith("U") ? 4 * Number(type!.slice(1)) : 8;
      if (type === "i8") return Number(view.getBigInt64(start, true));
      if (type === "f8") return view.getFloat64(start, true);
      const points = Array.from(
        { length: (at - start) / 4 },
        (_, i) => view.getUint32(start + 4 * i, true),
      );
      return String.fromCodePoint(...points.filter((point) => point !== 0));
    });
    assertEquals(row, expected.map((cell) => cell ?? NaN));
  }
  assertEquals(at, bytes.length);
});

Deno.test("ParquetTable writes what another program reads, over several row groups", async () => {
  const times = 40_000;
  const file = (await written("parquet", times)).buffer;
  for (const start of [0, 2 * times - POINTS.length]) {
    const rows = await parquetReadObjects({ file, rowStart: start, rowEnd: start + POINTS.length });
    assertEquals(rows.length, POINTS.length);
    for (const [i, row] of rows.entries()) {
      assertEquals(Object.keys(row), COLUMNS);
      const expected = [BigInt(start + i), ...EXPECTED[i]!.slice(1)];
      assertEquals(Object.values(row), expected);
    }
  }
});

Deno.test("tables have the same bytes each time", async () => {
  for (const { name } of formats) assertEquals(await written(name), await written(name), name);
});
