import { FAULTS, PHASES } from "../../../sim/fleet/index.ts";
import { tableText } from "../terminal/talk.ts";
import type { CellFigures, MatrixFigures } from "./matrix-figures.ts";
import type { RunEnd } from "./seed-result.ts";
import type { Matrix } from "./seed-tasks.ts";

/** What stands for an end, the worst first. */
const SIGNS: readonly (readonly [RunEnd, string])[] = [
  ["failed", "F"],
  ["refused", "r"],
  ["declared", "d"],
  ["corrected", "c"],
  ["absorbed", "."],
];
const LEGEND = ". absorbed, c corrected, d a bar declared lost, r refused, F FAILED";

/** What became of a matrix, for people. */
export function matrixText(matrix: Matrix, figures: MatrixFigures): string {
  switch (matrix) {
    case "singles":
      return `${singlesText(figures)}\n${LEGEND}; each with the number of runs`;
    case "pairs":
      return `${pairsText(figures)}\nthe row strikes first, then the column; the worst: ${LEGEND}`;
    case "triples":
      return "";
  }
}

function singlesText(figures: MatrixFigures): string {
  const rows = FAULTS.map(({ number, name }) => [
    String(number),
    name,
    ...PHASES.map((phase) => countsText(figures.cell(name, phase))),
  ]);
  return tableText([["", "fault", ...PHASES], ...rows]);
}

/** Such as `2c 3.`; a hyphen where nothing was run. */
function countsText(cell: CellFigures): string {
  const counts = SIGNS.filter(([end]) => cell[end] > 0).map(([end, sign]) => `${cell[end]}${sign}`);
  return counts.length === 0 ? "-" : counts.join(" ");
}

function pairsText(figures: MatrixFigures): string {
  const lines = FAULTS.map(({ number, name }) => {
    const signs = FAULTS.map((after) => signOf(figures.cell(`${name},${after.name}`)));
    return `${String(number).padStart(2)} ${name.padEnd(WIDTH)} ${inFours(signs)}`;
  });
  const head = (digit: (number: number) => string): string =>
    `   ${"".padEnd(WIDTH)} ${inFours(FAULTS.map(({ number }) => digit(number)))}`.trimEnd();
  const tens = head((number) => (number < 10 ? " " : String(Math.floor(number / 10))));
  return [tens, head((number) => String(number % 10)), ...lines].join("\n");
}

const WIDTH = Math.max(...FAULTS.map(({ name }) => name.length));

/** In groups, so that the eye finds a column. */
function inFours(signs: readonly string[]): string {
  return signs.map((sign, index) => (index % 4 === 0 ? ` ${sign}` : sign)).join("");
}

function signOf(cell: CellFigures): string {
  return SIGNS.find(([end]) => cell[end] > 0)?.[1] ?? " ";
}
