/** Names of series files: templates such as `mc_data/b{beta}_m{m}.dat`, a function of the point. */
import type { Descriptor } from "../wasm/kernel.ts";
import type { Axis } from "./axis.ts";
import { sizeOf, valueReader } from "./values.ts";
import { UsageError } from "./errors.ts";
import { repeatFilter } from "./filter.ts";
import { groupsOf, makeGrid } from "./grid.ts";
import { idText } from "./id.ts";
import { filesAxis, type Plan } from "./plan.ts";
import { valueWriter } from "./value_text.ts";

/** A place in a template that a value fills: as its shortest decimal, or with fixed decimals. */
interface Field {
  readonly name: string;
  readonly decimals: number | undefined;
}

type Piece = string | Field;

/** The part of a plan that names are made from. */
type Named = Pick<Plan, "kernel" | "parameters" | "axes">;
type Axes = Named & Pick<Plan, "zip" | "idle">;

/** The field that stands for the point's id, unique by itself. */
const ID = "id";
/** The field that stands for the name of a file, without its folder and ending. */
const STEM = "stem";
/** The longest text of a double, of what stands before its decimals, and of an id. */
const MAX_FIELD_BYTES = 32;
/** What file systems take as one component of a path, and the ending of a temporary name. */
const MAX_COMPONENT_BYTES = 255;
const TEMPORARY_BYTES = 40;
/** The folder of figures in a run directory; below it they are called as the series are. */
export const FIGURES = "figures";
/** Names at the top of a run directory that are gridiron's own. */
const RESERVED = /^(run\.json|results\.csv|failures\.csv|ledger|inputs|figures|sessions)([./]|$)/;
/** Rows of an axis that are compared one by one. */
const MAX_COMPARED = 1e6;

/** What gives the series name of a point from its values (in the order of parameters) and id. */
export function seriesNamer(
  template: string,
  plan: Named,
): (values: Float64Array, id: Uint32Array) => string {
  const pieces = parseTemplate(template).map((piece) =>
    typeof piece === "string"
      ? piece
      : { slot: plan.parameters.indexOf(parameterOf(piece, plan)), write: fieldWriter(piece, plan) }
  );
  return (values, id) => {
    let name = "";
    for (const piece of pieces) {
      if (typeof piece === "string") name += piece;
      else name += piece.slot < 0 ? idText(id) : piece.write(values[piece.slot]!);
    }
    return name;
  };
}

/**
 * The template of a plan: the one asked for, or the kernel's own with every further parameter that
 * varies; null for no series.
 *
 * @throws {UsageError} when two points could share a file, or a name could leave the run directory
 */
export function planSeries(
  kernel: Descriptor,
  plan: Axes,
  asked: string | undefined,
): string | null {
  if (kernel.series === undefined) {
    if (asked === undefined || asked === "none") return null;
    throw new UsageError(`Cannot use --series: ${kernel.name} writes no series, expected none`);
  }
  if (asked === "none") return null;
  const template = asked ?? withVarying(kernel.series.template, plan);
  const pieces = parseTemplate(template);
  checkPath(template, pieces);
  const names = kernel.parameters.map(({ name, kind }) => kind === "file" ? STEM : name);
  for (const piece of pieces) {
    if (typeof piece === "string") continue;
    if (piece.name !== ID && !names.includes(piece.name)) {
      throw new UsageError(
        `Cannot use --series "${template}": there is no parameter {${piece.name}}, ` +
          `expected one of {${names.join("}, {")}} or {${ID}}`,
      );
    }
    const { choices } = kernel.parameters.find(({ name }) => name === piece.name) ?? {};
    if (piece.decimals !== undefined && (piece.name === STEM || choices !== undefined)) {
      throw new UsageError(
        `Cannot use --series "${template}": ${piece.name} is no number, expected {${piece.name}}`,
      );
    }
  }
  if (!hasId(template)) {
    for (const group of groupsOf(plan)) checkDistinct(template, pieces, group, plan);
    if (filesAxis(plan) === undefined) checkSeparated(template, pieces, plan);
    else checkNames(template, plan);
  }
  return template;
}

/** What each part of a series name looks like, once `folded`: more than the names of any plan. */
export function namePatterns(template: string): RegExp[] {
  return template.split("/").map((part) => {
    const looks = parseTemplate(part).map((piece) => {
      if (typeof piece !== "string") return piece.name === ID ? "[0-9a-f]{32}" : "[^/]+";
      return folded(piece).replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    });
    return new RegExp(`^${looks.join("")}$`);
  });
}

/** Whether the names of a template hold the id of their point. */
export function hasId(template: string): boolean {
  return parseTemplate(template).some((piece) => typeof piece !== "string" && piece.name === ID);
}

/** A name as file systems see it that know no case and no two ways to write é. */
export function folded(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

/** Adds the axes with several values that a default template does not name, before its ending. */
function withVarying(template: string, { axes }: Axes): string {
  const missing = axes.filter(({ name, values, texts }) =>
    sizeOf(values) > 1 && !template.includes(`{${texts === undefined ? name : STEM}}`)
  );
  const dot = template.includes(".") ? template.lastIndexOf(".") : template.length;
  const added = missing.map(({ name }) => `_${name}{${name}}`).join("");
  return template.slice(0, dot) + added + template.slice(dot);
}

/** Literal text and fields; `{{` and `}}` are braces. */
function parseTemplate(template: string): Piece[] {
  const pieces: Piece[] = [];
  const pattern = /\{\{|\}\}|\{([A-Za-z_]\w*)(?::\.(\d{1,2})f)?\}|[{}]|[^{}]+/g;
  for (const [text, name, decimals] of template.matchAll(pattern)) {
    if (name !== undefined) {
      pieces.push({ name, decimals: decimals === undefined ? undefined : Number(decimals) });
    } else if (text === "{" || text === "}") {
      throw new UsageError(
        `Cannot read --series "${template}": a lone "${text}", expected {name} or {name:.2f}`,
      );
    } else pieces.push(text === "{{" ? "{" : text === "}}" ? "}" : text);
  }
  return pieces;
}

/** The parameter that a field stands for. */
function parameterOf({ name }: Field, plan: Named): string {
  return name === STEM ? filesAxis(plan)?.name ?? STEM : name;
}

/** What writes a value into a name. */
function fieldWriter(field: Field, plan: Named): (value: number) => string {
  const { name, decimals } = field;
  if (name === STEM) {
    const stems = filesAxis(plan)?.texts?.map(stemOf) ?? [];
    return (value) => stems[value]!;
  }
  if (decimals === undefined) return valueWriter(plan, name);
  return (value) => (value === 0 ? 0 : value).toFixed(decimals);
}

/** `cat` of `photos/cat.jpg`. */
function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(0, dot) : name;
}

/** Refuses names that are no plain path inside the run directory. */
function checkPath(template: string, pieces: readonly Piece[]): void {
  const refuse = (why: string): never => {
    throw new UsageError(
      `Cannot use --series "${template}": ${why}, expected a path inside the run directory ` +
        "such as data/b{beta}.dat",
    );
  };
  if (/\p{Cc}/u.test(template)) refuse("it has control characters");
  const sample = pieces.map((piece) => typeof piece === "string" ? piece : "0").join("");
  const components = sample.split("/");
  if (sample.startsWith("/")) refuse("it is an absolute path");
  if (components.some((part) => part === ".." || part === "." || part === "")) {
    refuse('a part of it is empty, "." or ".."');
  }
  if (RESERVED.test(sample)) refuse("that name is gridiron's own");
  if (sample.endsWith(".tmp")) refuse("names that end in .tmp are gridiron's own");
  for (const component of template.split("/")) {
    const fields = component.match(/\{\w+(:\.\d+f)?\}/g) ?? [];
    const literal = new TextEncoder().encode(component).length - fields.join("").length;
    const filled = fields.map((field) =>
      MAX_FIELD_BYTES + Number(/\.(\d+)f/.exec(field)?.[1] ?? 0)
    );
    if (
      filled.reduce((sum, bytes) => sum + bytes, literal) > MAX_COMPONENT_BYTES - TEMPORARY_BYTES
    ) {
      refuse(`a part of it can be longer than ${MAX_COMPONENT_BYTES} bytes`);
    }
  }
}

/** Refuses a template in which two rows of axes that turn together give the same texts. */
function checkDistinct(
  template: string,
  pieces: readonly Piece[],
  group: readonly Axis[],
  plan: Axes,
): void {
  const size = sizeOf(group[0]!.values);
  if (size < 2) return;
  const fields = pieces.flatMap((piece) => {
    if (typeof piece === "string") return [];
    const axis = group.find(({ name }) => name === parameterOf(piece, plan));
    return axis === undefined ? [] : [{ axis, field: piece }];
  });
  const varying = group.map(({ name }) => name).join(", ");
  if (fields.length === 0) {
    throw new UsageError(
      `Cannot use --series "${template}": points that differ in ${varying} would share a file, ` +
        `expected {${group[0]!.texts === undefined ? group[0]!.name : STEM}} in it`,
    );
  }
  const isLongRange = ({ axis, field }: { axis: Axis; field: Field }) =>
    "count" in axis.values && field.decimals === undefined;
  if (fields.some(isLongRange)) return;
  if (size > MAX_COMPARED) {
    throw new UsageError(
      `Cannot use --series "${template}": too many values of ${varying} to tell whether they ` +
        "stay apart, expected one of them written in full",
    );
  }
  const readers = fields.map(({ axis, field }) => ({
    read: valueReader(axis.values),
    write: fieldWriter(field, plan),
  }));
  const seen = new Map<string, number>();
  for (let i = 0; i < size; i++) {
    const text = readers.map(({ read, write }) => write(read(i))).join(" ");
    const before = seen.get(text);
    if (before !== undefined) {
      const { texts } = fields[0]!.axis;
      if (texts !== undefined) {
        throw new UsageError(
          `Cannot use --series "${template}": "${texts[before]}" and "${texts[i]}" would share ` +
            "their files, expected other names, or {id} in the template",
        );
      }
      throw new UsageError(
        `Cannot use --series "${template}": several points would be written to the file of ` +
          `${fields.map(({ axis }) => axis.name).join(", ")} = ${text}, ` +
          "expected more decimals, or all axes that vary",
      );
    }
    seen.set(text, i);
  }
}

/**
 * Checks the name of every point: what files are called decides whether names run together, leave
 * their folder or are too long.
 */
function checkNames(template: string, plan: Axes): void {
  const combined = { ...plan, fixed: {}, derived: {} };
  const grid = makeGrid(combined);
  const isFirst = repeatFilter(combined);
  if (grid.size > MAX_COMPARED) {
    throw new UsageError(
      `Cannot use --series "${template}": ${grid.size} points are too many to tell whether their ` +
        "names stay apart, expected {id} in it",
    );
  }
  const nameOf = seriesNamer(template, plan);
  const values = new Float64Array(plan.parameters.length);
  const seen = new Map<string, number>();
  for (let index = 0; index < grid.size; index++) {
    grid.decode(index, values);
    if (!isFirst(values, index)) continue;
    const name = nameOf(values, new Uint32Array(4));
    const why = seen.has(name)
      ? `points ${seen.get(name)} and ${index} would share the file "${name}"`
      : flawOf(name);
    if (why !== undefined) {
      throw new UsageError(
        `Cannot use --series "${template}": ${why}, expected other names, or {id} in the template`,
      );
    }
    seen.set(name, index);
  }
}

/** What is wrong with the whole name of a series. */
function flawOf(name: string): string | undefined {
  if (/\p{Cc}/u.test(name)) return `${JSON.stringify(name)} has control characters`;
  if (RESERVED.test(name)) return `"${name}" is gridiron's own name`;
  const parts = name.split("/");
  if (parts.some((part) => part === "." || part === "..")) {
    return `"${name}" has a part "." or ".."`;
  }
  const longest = Math.max(...parts.map((part) => new TextEncoder().encode(part).length));
  return longest > MAX_COMPONENT_BYTES - TEMPORARY_BYTES ? `"${name}" is too long` : undefined;
}

/**
 * Refuses varying fields with nothing between them that no number can contain: 1 and 11 would read
 * as 11 and 1. A `-` will do: in a number it never follows a digit.
 */
function checkSeparated(template: string, pieces: readonly Piece[], { axes }: Axes): void {
  const varies = (piece: Piece | undefined) =>
    piece !== undefined && typeof piece !== "string" &&
    axes.some(({ name, values }) => name === piece.name && sizeOf(values) > 1);
  let between: string | undefined;
  for (const piece of pieces) {
    if (varies(piece)) {
      if (between !== undefined && !/[^0-9.eE+-]/.test(between) && between !== "-") {
        throw new UsageError(
          `Cannot use --series "${template}": values before and after "${between}" could run ` +
            'together, expected a separator such as "_"',
        );
      }
      between = "";
    } else if (between !== undefined) between += typeof piece === "string" ? piece : "0";
  }
}
