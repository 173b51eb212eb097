/** The commands of every day against moto_server, where it is installed. */
import { afterAll, beforeAll, describe } from "vitest";
import { dayToDay } from "./day-to-day.suite.ts";
import { isMotoInstalled, type Moto, startMoto } from "./moto.fixture.ts";

describe.skipIf(!isMotoInstalled)("against moto_server", () => {
  let moto: Moto;

  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());

  dayToDay(() => moto.environment);
});
