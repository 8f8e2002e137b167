/** Help: one command's page, wrapped to the width of the terminal. */
import type { Option } from "./options.ts";

/** What a help page is made of. */
export interface HelpPage {
  readonly usage: string;
  readonly doc: string;
  readonly sections: readonly { readonly title: string; readonly options: readonly Option[] }[];
  readonly examples: readonly { readonly command: string; readonly doc: string }[];
}

const MAX_WIDTH = 100;
const MIN_WIDTH = 40;
/** Longer option names get a line of their own. */
const NAME_COLUMN = 24;

/** The page as text of at most `columns` columns. */
export function formatHelp(page: HelpPage, columns: number): string {
  const width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, columns));
  const lines = [`usage: ${page.usage}`, "", ...wrap(page.doc, width, ""), ""];
  for (const { title, options } of page.sections) {
    lines.push(`${title}:`);
    for (const option of options) lines.push(...describe(option, width));
    lines.push("");
  }
  lines.push("examples:");
  for (const { command, doc } of page.examples) {
    lines.push(...wrap(doc, width, "  # "), `  ${command}`);
  }
  return lines.join("\n") + "\n";
}

function describe({ name, value, repeated, doc }: Option, width: number): string[] {
  const short = name === "help" ? "-h, " : name === "out" ? "-o, " : "";
  const written = `  ${short}--${name}${value === undefined ? "" : ` ${value}`}` +
    (repeated === true ? " …" : "");
  const indent = " ".repeat(NAME_COLUMN);
  const text = wrap(doc, width, indent);
  if (written.length > NAME_COLUMN - 2) return [written, ...text];
  return [written.padEnd(NAME_COLUMN) + text[0]!.slice(NAME_COLUMN), ...text.slice(1)];
}

/** Lines of at most `width` columns, each behind `indent`; words are never cut. */
export function wrap(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line += (line === "" ? "" : " ") + word;
  }
  return [...lines, indent + line];
}
