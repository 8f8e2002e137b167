// |F|² of a real image of a power of two with fft.js or pffft (32 bits): rows, then columns. ms.
const [name, widthText, heightText] = process.argv.slice(2);
const [width, height] = [Number(widthText), Number(heightText)];
const columns = width / 2 + 1;
const image = Float64Array.from({ length: width * height }, (_, i) => {
  const [x, y] = [i % width, Math.floor(i / width)];
  return (7 * x * x + 11 * y + 3 * x * y) % 256;
});
const powers = new Float64Array(columns * height);
const spectra = new Float64Array(2 * columns * height);
const transformer = await (name === "fft.js" ? withFftJs() : withPffft());

function total() {
  return powers.reduce((sum, power, i) => {
    const u = i % columns;
    return sum + (u === 0 || 2 * u === width ? 1 : 2) * power;
  }, 0);
}

async function withFftJs() {
  const { default: FFT } = await import("fft.js");
  const [rows, across] = [new FFT(width), new FFT(height)];
  const [row, column] = [across.createComplexArray(), across.createComplexArray()];
  const wide = rows.createComplexArray();
  return () => {
    for (let y = 0; y < height; y++) {
      rows.realTransform(wide, image.subarray(y * width, (y + 1) * width));
      for (let i = 0; i < 2 * columns; i++) spectra[2 * columns * y + i] = wide[i];
    }
    for (let u = 0; u < columns; u++) {
      for (let y = 0; y < height; y++) {
        row[2 * y] = spectra[2 * (columns * y + u)];
        row[2 * y + 1] = spectra[2 * (columns * y + u) + 1];
      }
      across.transform(column, row);
      for (let v = 0; v < height; v++) {
        powers[columns * v + u] = column[2 * v] ** 2 + column[2 * v + 1] ** 2;
      }
    }
  };
}

async function withPffft() {
  const { default: load } = await import("@echogarden/pffft-wasm/simd");
  const pffft = await load();
  const [real, complex] = [0, 1];
  const rows = pffft._pffft_new_setup(width, real);
  const across = pffft._pffft_new_setup(height, complex);
  const size = 8 * Math.max(width, height);
  const [input, output] = [pffft._pffft_aligned_malloc(size), pffft._pffft_aligned_malloc(size)];
  const view = (address, length) => new Float32Array(pffft.HEAPF32.buffer, address, length);
  return () => {
    for (let y = 0; y < height; y++) {
      view(input, width).set(image.subarray(y * width, (y + 1) * width));
      pffft._pffft_transform_ordered(rows, input, output, 0, 0);
      const result = view(output, width);
      const at = 2 * columns * y;
      // The two real bins stand in the place of the first complex one.
      spectra.set(result, at);
      spectra[at + 1] = 0;
      spectra[at + width] = result[1];
      spectra[at + width + 1] = 0;
    }
    for (let u = 0; u < columns; u++) {
      const column = view(input, 2 * height);
      for (let y = 0; y < height; y++) {
        column[2 * y] = spectra[2 * (columns * y + u)];
        column[2 * y + 1] = spectra[2 * (columns * y + u) + 1];
      }
      pffft._pffft_transform_ordered(across, input, output, 0, 0);
      const result = view(output, 2 * height);
      for (let v = 0; v < height; v++) {
        powers[columns * v + u] = result[2 * v] ** 2 + result[2 * v + 1] ** 2;
      }
    }
  };
}

const times = [];
for (let round = 0; round < 12; round++) {
  const start = performance.now();
  transformer();
  times.push(performance.now() - start);
}
console.error(`sum of |F|² ${total().toExponential(8)}`);
console.log(times.slice(5).sort((a, b) => a - b)[3]);
