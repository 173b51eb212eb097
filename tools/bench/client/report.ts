/** The client's figures as the table that a reader compares by: ours first, then as multiples of it. */
import { contenderNames } from "./contenders.ts";
import type { ClientFigures, ContenderFigures } from "./measure.ts";

/** On V8's heap; less than that is what the measuring itself leaves. */
export const smallestObjectBytes = 8;

type Row = readonly [what: string, of: (figures: ContenderFigures) => string];

export function clientReport({ size, contenders, footprints }: ClientFigures): string[] {
  const own = contenders["@claviger/client"];
  const rows: readonly Row[] = [
    ["peek()", ({ hits }) => nanoseconds(hits.peek?.nanoseconds, own.hits.peek?.nanoseconds)],
    ["  allocates", ({ hits }) => (hits.peek === undefined ? "-" : bytes(hits.peek.bytes))],
    ["  the clock alone", ({ hits }) => `${hits.clock.nanoseconds.toFixed(0)} ns`],
    ["async hit", ({ hits }) => nanoseconds(hits.get.nanoseconds, own.hits.get.nanoseconds)],
    ["1,000 concurrent cold gets", ({ calls }) => counted(calls.concurrentGets, "call", "calls")],
    [
      "40 cold secrets in one tick",
      ({ calls }) => counted(calls.differentSecrets, "call", "calls"),
    ],
    ["100 gets in an outage", ({ calls }) => counted(calls.outage.errors, "error", "errors")],
    ["", ({ calls }) => counted(calls.outage.tries, "try", "tries")],
    ["a rotated value seen", ({ seenAfter }) => seen(seenAfter, size.lookSeconds)],
  ];
  return [
    line("", contenderNames),
    ...rows.map(([what, of]) =>
      line(
        what,
        contenderNames.map((name) => of(contenders[name])),
      ),
    ),
    "",
    line("", ["import over bare node", "installed size"]),
    ...footprints.map(({ name, importMilliseconds, installedBytes }) =>
      line(name, [
        ratio(
          `${importMilliseconds.toFixed(1)} ms`,
          importMilliseconds,
          footprints[0]?.importMilliseconds,
        ),
        ratio(
          `${(installedBytes / 1000).toFixed(0)} kB`,
          installedBytes,
          footprints[0]?.installedBytes,
        ),
      ]),
    ),
  ];
}

function nanoseconds(figure: number | undefined, own: number | undefined): string {
  return figure === undefined ? "-" : ratio(`${figure.toFixed(0)} ns`, figure, own);
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function bytes(figure: number): string {
  return figure < smallestObjectBytes ? "nothing" : `${figure.toFixed(0)} bytes`;
}

function seen(milliseconds: number | undefined, lookSeconds: number): string {
  return milliseconds === undefined ? `not in ${lookSeconds} s` : `${milliseconds.toFixed(0)} ms`;
}

function ratio(text: string, figure: number, own: number | undefined): string {
  return own === undefined || figure === own ? text : `${text} (${(figure / own).toFixed(1)} ×)`;
}

function line(what: string, cells: readonly string[]): string {
  return what.padEnd(32) + cells.map((cell) => cell.padStart(23)).join("");
}
