/** What the README has a newcomer type, typed. */
import { expect, test, vi } from "vitest";
import { blocksOf, isInstalled, run } from "./guide.fixture.ts";

// It starts dozens of processes, and other tests run beside it.
vi.setConfig({ testTimeout: 240_000 });

test("the README begins with npm start", () => {
  // `npm run prove -- first-start` runs it from a fresh clone.
  expect(blocksOf("README.md")[0]).toBe("npm start\n");
});

test.skipIf(!isInstalled("aws"))("the README does what it says", async () => {
  const printed = await run(blocksOf("README.md").slice(1));
  expect(printed).toContain("the token of the weather provider");
  expect(printed).toContain("Denied: ssm:GetParameter");
  expect(printed).toContain('{"apiKey":"sk_test_1"}');
  expect(printed).toMatch(/\d{4}-\d{2}-\d{2}T/);
  for (const operation of ["PutParameter", "GetParameter", "AssumeRole", "CreateSecret"]) {
    expect(printed).toContain(operation);
  }
});
