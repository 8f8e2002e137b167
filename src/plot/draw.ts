/** From a run to a picture of its results. */
import type { Entry } from "../../wasm/kernel.ts";
import { formatCount } from "../format/quantity.ts";
import type { Plan } from "../plan.ts";
import type { Run } from "../run_ledgers.ts";
import { valueWriter } from "../value_text.ts";
import { sizeOf, valueReader } from "../values.ts";
import { type Asked, type Choice, choose, valueText } from "./choice.ts";
import { type Cells, firstVarying, gather } from "./gather.ts";
import { binned, finite, heatMap } from "./heat_map.ts";
import { convergenceOf } from "./convergence.ts";
import type { Figure } from "./figure.ts";
import { linePlot } from "./line_plot.ts";
import { labelOf, type Picture } from "./picture.ts";
import { refuseHuge, shortName } from "./scale.ts";

/** What a run's results look like, before they are drawn. */
export async function figureOf(run: Run, entry: Entry, asked: Asked): Promise<Figure> {
  const { descriptor } = entry;
  const plan = run.manifest.plans.at(-1)!;
  const { x, y, facet, color, fix } = asked;
  const isFree = [x, y, facet, color].every((name) => name === undefined) && fix.length === 0;
  const convergence = isFree ? convergenceOf(run, entry) : undefined;
  if (convergence !== undefined) return convergence;
  const choice = choose(plan, descriptor, asked, asked.color ?? firstVarying(run, descriptor));
  const cells = await gather(run, descriptor, choice);
  for (const bins of [cells.x, cells.y, cells.facet]) {
    if (bins !== undefined) refuseHuge(bins.name, bins.centres);
  }
  refuseHuge(choice.column.name, cells.values);
  const label = (name: string | undefined) => {
    const parameter = descriptor.parameters.find((parameter) => parameter.name === name);
    return parameter === undefined ? "" : labelOf(parameter);
  };
  const { kernel, seed } = plan;
  const remarks = [...choice.notes, ...remarksOn(cells, choice)];
  return {
    cells,
    remarks,
    words: {
      title: `${kernel}: ${choice.column.doc}`,
      lines: [
        [...constants(run, choice), `seed ${seed}`, formatCount(cells.points, "point")].join(", "),
        ...remarksOn(cells, choice),
      ],
      xLabel: label(choice.x.name),
      yLabel: label(choice.y?.name),
      facetLabel: choice.facet?.name ?? "",
      colourLabel: labelOf(choice.column),
    },
  };
}

/** Draws it. */
export function drawFigure({ cells, words, style }: Figure): Picture {
  return cells.y === undefined ? linePlot(cells, words, style) : heatMap(cells, words);
}

/** `h = 0.5`, for every parameter that has one value in the picture. */
function constants(run: Run, { x, y, facet, fixed, averaged }: Choice): string[] {
  const plan = run.manifest.plans.at(-1)!;
  const shown = [x, y, facet, ...averaged];
  const texts = plan.parameters.flatMap((name) => {
    if (shown.some((axis) => axis?.name === name) || isIdle(plan, name)) return [];
    if (name in plan.fixed) {
      return [`${name} = ${shortName(valueWriter(plan, name)(plan.fixed[name]!))}`];
    }
    const axis = plan.axes.find((axis) => axis.name === name);
    if (axis === undefined) return [];
    const place = fixed.get(name);
    if (place === undefined && sizeOf(axis.values) > 1) return [];
    return [`${name} = ${shortName(valueText(plan, axis, place ?? 0))}`];
  });
  return texts.filter((text) => !text.startsWith("replica = "));
}

/** Whether a parameter has no influence on any point of a plan. */
function isIdle({ idle = [], fixed, axes }: Plan, name: string): boolean {
  return idle.some((rule) => {
    if (rule.name !== name) return false;
    const axis = axes.find(({ name }) => name === rule.of);
    const read = axis && valueReader(axis.values);
    const choices = axis === undefined
      ? [fixed[rule.of]!]
      : Array.from({ length: sizeOf(axis.values) }, (_, i) => read!(i));
    return choices.every((choice) => rule.at.includes(choice));
  });
}

/** What is special about the numbers, a line each. */
function remarksOn(cells: Cells, { column, averaged }: Choice): string[] {
  const remarks: string[] = [];
  const { x, y, facet, points, absent, failed, unnumbered, most } = cells;
  const bins = [x, y, facet].map(binned).filter((text) => text !== undefined);
  if (bins.length > 0) remarks.push(`binned: ${bins.join("; ")}; a cell is the mean of its points`);
  for (const { name } of averaged) remarks.push(`mean over ${name}`);
  if (bins.length + averaged.length === 0 && most > 1) {
    remarks.push(`a cell is the mean of up to ${formatCount(most, "point")}`);
  }
  if (absent > 0) remarks.push(`incomplete: ${formatCount(absent, "point")} not done yet`);
  if (failed > 0) remarks.push(`${formatCount(failed, "point")} failed`);
  if (unnumbered > 0) remarks.push(`${formatCount(unnumbered, "point")} without ${column.name}`);
  const known = [...new Set(finite(cells.values))];
  if (points === 1) remarks.push("one point only");
  else if (known.length === 1) remarks.push(`${column.name} is ${known[0]} everywhere`);
  else if (known.length === 0) remarks.push(`no point has ${column.name} yet`);
  return remarks;
}
