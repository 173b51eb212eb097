/** The client's suites against a real vault. */
import { afterAll, beforeAll, describe, expect } from "vitest";
import { startVault, type TestVault } from "../../vault/src/testing/index.ts";
import { faults } from "./faults.suite.ts";
import type { Place } from "./place.fixture.ts";
import { reading } from "./reading.suite.ts";

let vault: TestVault;

beforeAll(async () => {
  vault = await startVault();
});
afterAll(async () => {
  await vault.close();
  expect(vault.faults).toEqual([]);
});

const place = (): Place => {
  const { url: endpoint, credentials } = vault;
  return { endpoint, region: vault.client.region, credentials };
};

describe("reading", () => reading(place));
describe("faults", () => faults(place));
