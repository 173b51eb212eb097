/** The commands of every day against moto_server, where it is installed. */
import { afterAll, beforeAll, describe } from "vitest";
import { isMotoWanted, type Moto, startMoto } from "../../../tools/harness/moto.ts";
import { dayToDay } from "./day-to-day.suite.ts";

describe.skipIf(!isMotoWanted)("against moto_server", () => {
  let moto: Moto;

  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());

  dayToDay(() => moto.environment);
});
