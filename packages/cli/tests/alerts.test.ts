/** The alert file that is ready to use: it speaks of metrics that there are, and of what to do. */
import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { parse } from "yaml";
import { type Family, families } from "../../vault/src/metrics/families.ts";

const root = new URL("../../../", import.meta.url);
const textOf = (path: string) => readFileSync(new URL(path, root), "utf8");

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

const { groups } = parse(textOf("deploy/prometheus/claviger-alerts.yml")) as {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Alert[] }[];
};
const alerts = groups.flatMap(({ rules }) => rules);

const all: readonly Family[] = Object.values(families);
/** As they are scraped: of a histogram its three series. */
const labelsOf = new Map(
  all.flatMap(({ name, type, labels }): [string, readonly string[]][] =>
    type === "histogram"
      ? [
          [`${name}_bucket`, [...labels, "le"]],
          [`${name}_sum`, labels],
          [`${name}_count`, labels],
        ]
      : [[name, labels]],
  ),
);
/** Prometheus' own, and what it adds to each. */
const ofPrometheus = { metrics: ["up"], labels: ["job", "instance"] };

const metricName = /\b(?:up|(?:claviger|nodejs|process)_\w+)\b/g;
const selector = /\b(\w+)\{([^}]*)\}/g;

describe.each(alerts)("$alert", ({ expr, labels, annotations, alert, ...rest }) => {
  it("asks for metrics and labels that there are", () => {
    const names = expr.match(metricName) ?? [];
    expect(names).not.toEqual([]);
    const known = new Set([...labelsOf.keys(), ...ofPrometheus.metrics]);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    for (const [, name = "", matchers = ""] of expr.matchAll(selector)) {
      const own = [...(labelsOf.get(name) ?? []), ...ofPrometheus.labels];
      for (const [, label] of matchers.matchAll(/(\w+)\s*[=!]/g)) expect(own).toContain(label);
    }
    expect(count(expr, "(")).toBe(count(expr, ")"));
  });

  it("takes rates of counters and histograms alone", () => {
    for (const [, name = ""] of expr.matchAll(/\b(?:rate|increase)\((\w+)/g)) {
      const family = all.find((each) => name === each.name || name.startsWith(`${each.name}_`));
      expect(["counter", "histogram"]).toContain(family?.type);
    }
  });

  it("says how grave it is, what it is, and where to read what to do", () => {
    expect(alert).toMatch(/^Claviger[A-Z]\w+$/);
    expect(["warning", "critical"]).toContain(labels.severity);
    expect(annotations.summary).not.toBe("");
    const [path = "", anchor] = annotations.runbook.split("#");
    const headings = [...textOf(path).matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
      title.toLowerCase().replaceAll(" ", "-"),
    );
    expect(headings).toContain(anchor);
    expect(Object.keys(rest).filter((key) => key !== "for")).toEqual([]);
  });
});

test("no two alerts have one name, and the guide has advice for no alert that isn't there", () => {
  const names = alerts.map(({ alert }) => alert);
  expect(new Set(names).size).toBe(names.length);
  const anchors = alerts.map(({ annotations }) => annotations.runbook.split("#")[1]);
  const advised = [...textOf("docs/guides/many-nodes.md").matchAll(/^### (Claviger\w+)$/gm)];
  for (const [, name = ""] of advised) expect(anchors).toContain(name.toLowerCase());
});

test("every figure in the guide is one that there is", () => {
  const named = textOf("docs/guides/many-nodes.md").match(metricName) ?? [];
  const known = new Set([...labelsOf.keys(), ...ofPrometheus.metrics]);
  expect(named.filter((name) => name !== "up" && !known.has(name))).toEqual([]);
});

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
