/**
 * The client's suites against moto_server, where it is installed. Left out is what only the vault
 * has: access that is enforced (credential-sources.test.ts, credentials-that-end.test.ts) and the
 * change feed (push.test.ts).
 */
import { afterAll, beforeAll, describe } from "vitest";
import { isMotoWanted, type Moto, startMoto } from "../../cli/tests/moto.fixture.ts";
import { faults } from "./faults.suite.ts";
import type { Place } from "./place.fixture.ts";
import { reading } from "./reading.suite.ts";

describe.skipIf(!isMotoWanted)("against moto_server", () => {
  let moto: Moto;

  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());

  const place = (): Place => ({
    endpoint: moto.environment.AWS_ENDPOINT_URL ?? "",
    region: moto.environment.AWS_REGION ?? "",
    credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
  });

  describe("reading", () => reading(place));
  describe("faults", () => faults(place));
});
