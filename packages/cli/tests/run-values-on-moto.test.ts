/** Values for a command out of another implementation of AWS's APIs. */
import { afterAll, beforeAll, describe } from "vitest";
import { isMotoWanted, type Moto, startMoto } from "../../../tools/harness/moto.ts";
import { runningWithValues } from "./run-values.suite.ts";

describe.skipIf(!isMotoWanted)("against moto_server", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());
  runningWithValues(() => moto.environment);
});
