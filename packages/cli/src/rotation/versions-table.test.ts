import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import type { VersionEntry } from "../stores/store.ts";
import { secretVersionsTable } from "./versions-table.ts";

const id = "dd219c38-24c7-4bda-a5fc-90175c25549c";
const before = "65f48653-53b0-4ac7-9770-046e9db43a06";
const day = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * day - 60_000);

const history: VersionEntry[] = [
  { version: id, labels: ["AWSCURRENT"], isCurrent: true, date: ago(2), by: undefined },
  { version: before, labels: ["AWSPREVIOUS"], isCurrent: false, date: ago(9), by: undefined },
];

const linesAt = (width: number, revoked = new Map([[before, ago(1)]])) =>
  stripVTControlCharacters(secretVersionsTable(history, revoked, width))
    .trimEnd()
    .split("\n");

test("a version's end has its date where there is room for it", () => {
  expect(linesAt(120)[2]).toMatch(
    /^65f48653\S+ {2}AWSPREVIOUS {2}(\S{10} \S{8}) {2}(?!\1)\S{10} \S{8}$/,
  );
});

test("in 80 columns it says how long ago that was, and every id stays whole", () => {
  const [titles, current, previous, ...more] = linesAt(80);
  expect(titles).toMatch(/^VERSION +STAGES +CREATED +REVOKED$/);
  expect(current).toMatch(new RegExp(`^${id} {2}AWSCURRENT {3}\\S{10} \\S{8} {2}-$`));
  expect(previous).toMatch(new RegExp(`^${before} {2}AWSPREVIOUS {2}\\S{10} \\S{8} {2}1d$`));
  expect(more).toEqual([]);
});

test("without a version that was revoked nothing is said of it", () => {
  expect(linesAt(80, new Map())[0]).toMatch(/^VERSION +STAGES +CREATED$/);
});
