/** `claviger import` against moto_server, where it is installed. */
import { afterAll, beforeAll, describe } from "vitest";
import { isMotoWanted, type Moto, startMoto } from "../../../tools/harness/moto.ts";
import { importing } from "./import.suite.ts";

describe.skipIf(!isMotoWanted)("claviger import, against moto_server", () => {
  let moto: Moto;

  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());

  importing(() => moto.environment);
});
