/** What is measured against what: every contestant is a command that prints one number. */

/** A command, with what it needs and how to get that. */
export interface Contestant {
  readonly name: string;
  readonly command: readonly string[];
  /** Programs that must be on the PATH, and Python modules that must load. */
  readonly programs?: readonly string[];
  readonly modules?: readonly string[];
  /** Its wall time is the number, in seconds; else the last line that it prints. */
  readonly isTimed?: true;
  /** The time ends when this file is there, not with the command. */
  readonly until?: string;
}

/** One row of the table. */
export interface Contest {
  readonly name: string;
  readonly unit: string;
  readonly ours: Contestant;
  readonly peers: readonly Contestant[];
}

/** Where things are: folders with a slash at the end. */
export interface Places {
  /** Of these scripts. */
  readonly here: string;
  /** The project. */
  readonly root: string;
  /** For what is built and written; gridiron itself is in `program`. */
  readonly work: string;
  /** The permission flags of a user's command. */
  readonly flags: readonly string[];
}

/** How to install what a contestant needs. */
export const INSTALL: Readonly<Record<string, string>> = {
  gcc: "apt-get install gcc",
  "g++": "apt-get install g++",
  parallel: "apt-get install parallel",
  python3: "apt-get install python3",
  node: "apt-get install nodejs",
  numpy: "apt-get install python3-numpy",
  numba: "apt-get install python3-numba",
  scipy: "apt-get install python3-scipy",
  PIL: "apt-get install python3-pil",
  pathos: "pip install pathos",
  fftw3: "apt-get install libfftw3-dev",
  piscina: "npm install piscina",
  tinypool: "npm install tinypool",
  "fft.js": "npm install fft.js",
  "pffft-wasm": "npm install @echogarden/pffft-wasm",
};

/** C and C++ programs that are built first, with what they are linked with. */
export const BUILDS: readonly { readonly source: string; readonly libraries: readonly string[] }[] =
  [
    { source: "pi.c", libraries: [] },
    { source: "point.c", libraries: ["-lm"] },
    { source: "write.c", libraries: [] },
    { source: "chain.cpp", libraries: [] },
    { source: "to_chars.cpp", libraries: [] },
    { source: "fourier_fftw.c", libraries: ["-lfftw3", "-lm"] },
  ];

const VALUES = "0.1,0.2,0.3,0.5,1,2,3,5,10";
const SIZES = [[620, 747], [512, 512], [1024, 1024], [1920, 1080]] as const;

/** A command with more than a second of work, and two that share that work. */
interface Long {
  readonly name: string;
  readonly whole: string;
  readonly halves: readonly [string, string];
  /** It writes a run directory. */
  readonly isRun: boolean;
  /** As many files of 33 MB are a good part of it. */
  readonly files?: number;
}

const CHAINS = "--iterations 3e6 --series none";
const FILES = "--iterations 1.5e6";
const RADII = "--radius 10:120:10";

/** One of each kind. */
const LONG: readonly Long[] = [
  {
    name: "π, 10¹⁰ samples",
    whole: "pi --samples 1e10",
    halves: ["pi --samples 5e9", "pi --samples 5e9 --seed 2"],
    isRun: true,
  },
  {
    name: "sweep, 256 chains of 3·10⁶ steps",
    whole: `sweep --beta 1:256 ${CHAINS}`,
    halves: [`sweep --beta 1:128 ${CHAINS}`, `sweep --beta 129:256 ${CHAINS}`],
    isRun: true,
  },
  {
    name: "sweep, 128 chains of 1.5·10⁶ steps with their files",
    whole: `sweep --beta 1:128 ${FILES}`,
    halves: [`sweep --beta 1:64 ${FILES}`, `sweep --beta 65:128 ${FILES}`],
    isRun: true,
    files: 128,
  },
  {
    name: "fourier, 100 JPEGs at twelve radii",
    whole: `fourier WORK/photos/*.jpg ${RADII}`,
    halves: [
      `fourier WORK/photos/photo0[0-4]?.jpg ${RADII}`,
      `fourier WORK/photos/photo0[5-9]?.jpg ${RADII}`,
    ],
    isRun: true,
  },
  {
    name: "map, 200 tasks",
    whole: "map HERE/ours/busy.ts#busy 0:199",
    halves: ["map HERE/ours/busy.ts#busy 0:99", "map HERE/ours/busy.ts#busy 100:199"],
    isRun: false,
  },
];

/** Two commands side by side. */
function atOnce(left: readonly string[], right: readonly string[]): string[] {
  const [one, other] = [left, right].map((words) => words.map((word) => `'${word}'`).join(" "));
  return ["bash", "-c", `${one} & first=$!; ${other} && wait $first`];
}

/** All rows. */
export function contestsIn({ here, root, work, flags }: Places): Contest[] {
  const deno = Deno.execPath();
  const kernel = (...args: string[]): Contestant => ({
    name: "gridiron",
    command: [deno, "run", "--allow-read", "--allow-write", `${here}ours/kernels.ts`, ...args],
  });
  const python = (file: string, modules: string[], ...args: string[]): Contestant => ({
    name: `Python, ${modules.join(" and ")}`,
    command: ["python3", `${here}peers/${file}`, ...args],
    programs: ["python3"],
    modules,
  });
  const built = (name: string, program: string, ...args: string[]): Contestant => ({
    name,
    command: [`${work}${program}`, ...args],
    programs: [`${work}${program}`],
  });
  const command = (...args: string[]): Contestant => ({
    name: "gridiron",
    command: [deno, "run", ...flags, `${work}program/main.ts`, ...args],
    isTimed: true,
  });
  const fromCheckout = (...args: string[]): Contestant => ({
    name: "gridiron, from the checkout",
    command: [deno, "run", ...flags, `${root}main.ts`, ...args],
    isTimed: true,
  });
  const writing = (files: number): Contestant[] => {
    const write = (from: number, to: number) => [`${work}write`, `${work}out`, `${from}`, `${to}`];
    const programs = [`${work}write`];
    const halves = atOnce(write(1, files / 2), write(files / 2 + 1, files));
    return [
      { name: "C, the files alone", command: write(1, files), programs, isTimed: true },
      { name: "C, halves at once", command: halves, programs, isTimed: true },
    ];
  };
  const scan = [
    ...["sweep", "--beta", VALUES, "--m", VALUES, "--h", "0.25,0.5,1,2.5"],
    ...["--iterations", "10000", "--workers", "2", "--quiet", "-o", `${work}out/scan`],
  ];
  const oneSweep = [
    ...["sweep", "--beta", "1", "--iterations", "10", "--quiet", "-o", `${work}out/one`],
  ];
  const firstFile = `${work}out/one/mc_data/b1_m1_h1.dat`;
  const points = `${VALUES.replaceAll(",", " ")} ::: ${VALUES.replaceAll(",", " ")}`;
  return [
    {
      name: "scan of 324 points of 10 000 steps with 324 files, whole command, 2 workers",
      unit: "s",
      ours: command(...scan),
      peers: [
        fromCheckout(...scan),
        { ...python("scan_python.py", ["numpy", "pathos"], `${work}out`, "pathos"), isTimed: true },
        { ...python("scan_python.py", ["numpy"], `${work}out`, "pool"), isTimed: true },
        {
          name: "GNU Parallel, a C program a point",
          command: [
            "bash",
            "-c",
            `parallel -j2 ${work}point {2} {3} {1} 10000 '${work}out/b{1}_m{2}_h{3}' ` +
            `::: ${points} ::: 0.25 0.5 1 2.5`,
          ],
          programs: ["parallel", `${work}point`],
          isTimed: true,
        },
        {
          name: "Deno, 2 workers, kernel, files alone",
          command: [deno, "run", ...flags, `${here}ours/bare_scan.ts`, `${work}out`],
          isTimed: true,
        },
      ],
    },
    {
      name: "Metropolis chain, columns computed, no output",
      unit: "ns a step",
      ours: kernel("chain"),
      peers: [
        built("C++ -O3, exp", "chain"),
        python("chain_numba.py", ["numba"]),
        python("chain_python.py", ["numpy"]),
      ],
    },
    {
      name: "Metropolis chain with its text in a file",
      unit: "ns a step",
      ours: kernel("text", `${work}out/chain.csv`),
      peers: [
        built("C++ -O3, std::to_chars", "chain", "text", `${work}out/chain_cpp.csv`),
        {
          ...python("chain_numba.py", ["numba"], `${work}out/chain_numba.csv`),
          name: "Python, numba and csv",
        },
        {
          ...python("chain_python.py", ["numpy"], `${work}out/chain_python.csv`),
          name: "Python, numpy and csv",
        },
      ],
    },
    {
      name: "shortest text of a double",
      unit: "ns a number",
      ours: kernel("shortest"),
      peers: [
        built("C++ std::to_chars", "to_chars"),
        { ...kernel("number"), name: "V8 Number.toString" },
      ],
    },
    {
      name: "π",
      unit: "ns a point",
      ours: kernel("pi"),
      peers: [
        built("C -O3, xoshiro256+", "pi"),
        python("pi_numpy.py", ["numpy"]),
        python("pi_numba.py", ["numba"]),
      ],
    },
    ...SIZES.map(([width, height]): Contest => {
      const size = [String(width), String(height)];
      const isPowerOfTwo = [width, height].every((side) => Number.isInteger(Math.log2(side)));
      const inNode = (name: string, folder: string): Contestant => ({
        name,
        command: ["node", `${work}spectrum.mjs`, name, ...size],
        programs: ["node", `${work}node_modules/${folder}`],
      });
      return {
        name: `spectrum of ${width}×${height} in double precision`,
        unit: "ms",
        ours: { ...kernel("spectrum", ...size), name: "gridiron, |F|² with it" },
        peers: [
          built("FFTW measured, r2c", "fourier_fftw", "spectrum", ...size),
          built("FFTW measured, r2c and |F|²", "fourier_fftw", "power", ...size),
          ...isPowerOfTwo ? [inNode("fft.js", "fft.js")] : [],
          ...isPowerOfTwo
            ? [{
              ...inNode("pffft", "@echogarden/pffft-wasm"),
              name: "pffft-wasm, single precision",
            }]
            : [],
        ],
      };
    }),
    ...SIZES.map(([width, height]): Contest => {
      const size = [String(width), String(height)];
      return {
        name: `lowpass of ${width}×${height} in double precision`,
        unit: "ms",
        ours: kernel("filter", ...size),
        peers: [
          { ...kernel("measured-filter", ...size), name: "gridiron, its columns with it" },
          built("FFTW measured, r2c and c2r", "fourier_fftw", "filter", ...size),
          python("filter_numpy.py", ["numpy"], ...size),
          python("filter_scipy.py", ["numpy", "scipy"], ...size),
        ],
      };
    }),
    {
      name: "100 JPEGs of 620×747 read, filtered, written as PNG, 2 workers",
      unit: "s",
      ours: command(
        ...["fourier", `${work}photos/*.jpg`, "--radius", "75", "--workers", "2", "--quiet"],
        ...["-o", `${work}out/images`],
      ),
      peers: [{
        ...python("images_pillow.py", ["numpy", "scipy", "PIL"], `${work}photos`, `${work}out`),
        isTimed: true,
      }],
    },
    {
      name: "trivial task in a pool of 2",
      unit: "µs a task",
      ours: { name: "gridiron", command: [deno, "run", "--allow-read", `${here}ours/tasks.ts`] },
      peers: [
        {
          ...python("tasks_pathos.py", ["pathos"], "ParallelPool"),
          name: "Pathos ParallelPool",
        },
        { ...python("tasks_pathos.py", ["pathos"], "ProcessPool"), name: "Pathos ProcessPool" },
        ...["piscina", "tinypool"].map((name): Contestant => ({
          name,
          command: ["node", `${work}tasks.mjs`, name],
          programs: ["node", `${work}node_modules/${name}`],
        })),
      ],
    },
    {
      name: "start to the first result of a sweep",
      unit: "s",
      ours: { ...command(...oneSweep), until: firstFile },
      peers: [
        { ...fromCheckout(...oneSweep), until: firstFile },
        { ...command(...oneSweep), name: "gridiron, to its end" },
        {
          name: "python3 -c 'import numpy' alone",
          command: ["python3", "-c", "import numpy"],
          programs: ["python3"],
          modules: ["numpy"],
          isTimed: true,
        },
      ],
    },
    ...LONG.map(({ name, whole, halves: [left, right], isRun, files }): Contest => {
      const withWorkers = (count: string, line: string, folder: string) => {
        const words = line.split(" ")
          .map((word) => word.replace("HERE/", here).replace("WORK/", work));
        const run = isRun ? ["--quiet", "-o", `${work}out/${folder}`] : [];
        return command(...words, "--workers", count, ...run);
      };
      return {
        name: `${name}: 2 workers against 1`,
        unit: "s",
        ours: withWorkers("2", whole, "two"),
        peers: [
          { ...withWorkers("1", whole, "one"), name: "the same, 1 worker" },
          {
            name: "halves at once, 1 worker each",
            command: atOnce(
              withWorkers("1", left, "left").command,
              withWorkers("1", right, "right").command,
            ),
            isTimed: true,
          },
          ...files === undefined ? [] : writing(files),
        ],
      };
    }),
  ];
}
