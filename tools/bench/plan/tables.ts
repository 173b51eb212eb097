/**
 * The planning page's tables: the measured figures, and what follows from them. The page can be
 * made anew with other figures, and what it says can be checked against the formula.
 */
import { type DatabaseFigures, type Figures, figureNames } from "./figures.ts";
import { type Plan, planOf, ttlSeconds } from "./formula.ts";

const head = "| what | SQLite | PostgreSQL |";

/** All of them, in the order of the page. */
export function tablesOf(figures: Figures): string[] {
  const plans = Object.values(ttlSeconds).map((ttl) => planTable(figures, ttl));
  return [...plans, figuresTable(figures)];
}

function figuresTable(figures: Figures): string {
  const rows = names().map((name) => {
    const { sqlite, postgres } = figures;
    return `| ${figureNames[name]} | ${sqlite[name]} | ${postgres[name]} |`;
  });
  return [head, "| --- | ---: | ---: |", ...rows].join("\n");
}

/** The figures as a page shows them. Throws where it lacks one. */
export function figuresIn(page: string): Figures {
  const cells = (name: keyof DatabaseFigures) => {
    const line = page.split("\n").find((line) => line.startsWith(`| ${figureNames[name]} |`));
    if (line === undefined) throw new Error(`the page has no figure of ${name}`);
    return line.split("|").slice(2, 4).map(Number);
  };
  const column = (at: number) =>
    Object.fromEntries(
      names().map((name) => [name, cells(name)[at]]),
    ) as unknown as DatabaseFigures;
  return { sqlite: column(0), postgres: column(1) };
}

const cases = [
  ["10 on SQLite", "sqlite", 10],
  ["1,000 on SQLite", "sqlite", 1000],
  ["1,000 on PostgreSQL", "postgres", 1000],
  ["100,000 on PostgreSQL", "postgres", 100_000],
] as const;

/** What each number of workloads needs. */
function planTable(figures: Figures, ttl: number): string {
  const columns = cases.map(([title, database, workloads]) => {
    const isShared = database === "postgres";
    return { title, isShared, plan: planOf(figures[database], workloads, ttl, isShared) };
  });
  const rows = Object.entries(lines).map(([says, line]) => {
    const cells = columns.map(({ plan, isShared }) => line(plan, isShared));
    return `| ${says} | ${cells.join(" | ")} |`;
  });
  return [
    `| TTL ${ttl} s | ${columns.map(({ title }) => title).join(" | ")} |`,
    `| --- | ${columns.map(() => "---:").join(" | ")} |`,
    ...rows,
  ].join("\n");
}

const lines: Readonly<Record<string, (plan: Plan, isShared: boolean) => string>> = {
  accounts: ({ accounts }) => grouped(accounts),
  "reads a second, on average": ({ readsPerSecond }) => rounded(readsPerSecond),
  "open readers of the feed": ({ streams }) => grouped(streams),
  nodes: ({ nodes }) => grouped(nodes),
  "memory of each": ({ nodeMegabytes }) => bytes(nodeMegabytes * 2 ** 20),
  "connections to PostgreSQL": ({ connections }, isShared) =>
    isShared ? grouped(connections) : "none",
  "cores of PostgreSQL at the peak": ({ databaseCores }, isShared) =>
    isShared ? rounded(databaseCores) : "none",
  "database without the trail": ({ databaseBytes }) => bytes(databaseBytes),
  "audit events a day": ({ eventsPerDay }) => grouped(eventsPerDay),
  "the trail's growth a day": ({ auditBytesPerDay }) => bytes(auditBytesPerDay),
  "the trail of 90 days": ({ auditBytes }) => bytes(auditBytes),
};

function names(): (keyof DatabaseFigures)[] {
  return Object.keys(figureNames) as (keyof DatabaseFigures)[];
}

/** Two digits are as many as an estimate has. */
function rounded(figure: number): string {
  return figure >= 100 ? grouped(figure) : String(Number(figure.toPrecision(2)));
}

function grouped(figure: number): string {
  return Math.round(Number(figure.toPrecision(3))).toLocaleString("en-US");
}

function bytes(figure: number): string {
  const units = ["bytes", "KB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, figure)) / 10));
  return `${rounded(figure / 1024 ** power)} ${units[power]}`;
}
