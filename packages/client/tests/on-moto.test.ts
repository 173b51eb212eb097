/**
 * The client's suites against moto_server, where it is installed. Left out is what only the vault
 * has: access that is enforced (credential-sources.test.ts, credentials-that-end.test.ts) and the
 * change feed (push.test.ts).
 */
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isMotoWanted, type Moto, startMoto } from "../../../tools/harness/moto.ts";
import { createSecrets } from "../src/index.ts";
import { badNetwork } from "./bad-network.fixture.ts";
import { faults } from "./faults.suite.ts";
import { newName, type Place } from "./place.fixture.ts";
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

  test("it is asked for a change feed, which it hasn't, and that is all", async () => {
    const name = `/${newName()}`;
    const network = await badNetwork(place().endpoint);
    await new SSM(place()).putParameter({ Name: name, Value: "1", Type: "SecureString" });
    using secrets = createSecrets({ ...place(), endpoint: network.url });
    expect((await secrets.parameter(name).get()).reveal()).toBe("1");
    await expect.poll(() => network.paths).toContain("/changes");
    expect((await secrets.parameter(name).refresh()).reveal()).toBe("1");
    await network.close();
  });
});
