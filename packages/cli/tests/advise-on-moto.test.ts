/** `claviger advise` against moto_server, where it is installed. */
import { afterAll, beforeAll, describe } from "vitest";
import { isMotoWanted, type Moto, startMoto } from "../../../tools/harness/moto.ts";
import { advice } from "./advise.suite.ts";

describe.skipIf(!isMotoWanted)("against moto_server", () => {
  let moto: Moto;

  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());

  advice(() => moto.environment);
});
