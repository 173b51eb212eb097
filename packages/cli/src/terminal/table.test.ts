import { describe, expect, test } from "vitest";
import { fits, table, wrapped } from "./table.ts";

describe("a table", () => {
  const rows = [
    ["ssm:/app/prod/token", "yes"],
    [{ text: "secretsmanager:prod/stripe", style: "green" as const }, "no"],
  ];

  test("has a line a row where it has room, its columns two spaces apart", () => {
    expect(table(["NAME", "READ"], rows, 80)).toBe(
      "NAME                        READ\n" +
        "ssm:/app/prod/token         yes\n" +
        "secretsmanager:prod/stripe  no\n",
    );
  });

  test("wraps its widest column where it has not, and never exceeds the width", () => {
    const printed = table(["NAME", "READ"], rows, 24);
    expect(printed).toContain("secretsmanager:\nprod/stripe".split("\n")[0]);
    for (const line of printed.split("\n")) expect(line.length).toBeLessThanOrEqual(24);
    expect(printed.replace(/\s/g, "")).toContain("prod/stripe");
  });

  test("keeps the branches of a tree before every line", () => {
    const branch = { first: "├─ ", further: "│  " };
    const leaf = { text: "a-rather-long-name", style: "reset" as const, branch };
    expect(table(["NAME", "OWNER"], [[leaf, "payments-team"]], 28)).toBe(
      "NAME           OWNER\n├─ a-rather-   payments-team\n│  long-name\n",
    );
    expect(table(["NAME", "OWNER"], [[{ ...leaf, text: "a" }, "the-payments"]], 16)).toBe(
      "NAME  OWNER\n├─ a  the-paymen\n│     ts\n",
    );
  });

  test("fits where no row of it wraps", () => {
    expect([32, 31].map((width) => fits(["NAME", "READ"], rows, width))).toEqual([true, false]);
  });

  test("has but its titles without rows", () => {
    expect(table(["NAME", "READ"], [], 80)).toBe("NAME  READ\n");
  });
});

test("text is wrapped after spaces, else after marks, else where it must be", () => {
  expect(wrapped("one two three", 8)).toEqual(["one two", "three"]);
  expect(wrapped("arn:aws:ssm:us-east-1", 12)).toEqual(["arn:aws:ssm:", "us-east-1"]);
  expect(wrapped("STRIPE_WEBHOOK_SECRET", 17)).toEqual(["STRIPE_WEBHOOK_", "SECRET"]);
  expect(wrapped("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
  expect(wrapped("fits", 4)).toEqual(["fits"]);
});
