import { afterAll, beforeAll, expect, it } from "vitest";
import { systemRandomness } from "../clock.ts";
import { permit } from "../keys/keys.fixture.ts";
import { alwaysHeld } from "../leases/lease.ts";
import { unheard } from "../notices.ts";
import { secretKey } from "../secrets/records.ts";
import { scope, TestSecrets } from "../secrets/secrets.fixture.ts";
import type { Storage } from "../storage/storage.ts";
import { BuiltInRotators } from "./built-in.ts";
import { advance } from "./driver.ts";
import type { EngineParts } from "./engine-parts.ts";
import { cancel } from "./requests.ts";
import { Rotators } from "./rotators.ts";
import { rotationTable } from "./run.ts";

let shelf: TestSecrets;
beforeAll(async () => {
  shelf = await TestSecrets.open();
});
afterAll(() => shelf.close());

it("a rotation that is called off just before a step stays called off", async () => {
  await shelf.create("called-off", "value");
  await shelf.rotate("called-off", {});
  const key = secretKey(scope, "called-off");
  const run = () => shelf.storage.get(rotationTable, key);
  const callOff = async () => {
    const located = await shelf.secrets.locate(scope, "called-off");
    const granted = permit("secretsmanager:CancelRotateSecret", located);
    await cancel({ storage: shelf.storage, clock: { now: () => shelf.now } }, granted);
  };
  const storage: Storage = Object.create(shelf.storage, {
    commit: {
      value: async (changes: Parameters<Storage["commit"]>[0]) => {
        const counter = await shelf.storage.commit(changes);
        if ((await run())?.body.steps.length === 1) await callOff();
        return counter;
      },
    },
    get: { value: shelf.storage.get.bind(shelf.storage) },
  });
  await advance(partsWith(storage), key, new AbortController().signal);
  expect((await run())?.body.phase).toBe("cancelled");
});

function partsWith(storage: Storage): EngineParts {
  const clock = { now: () => shelf.now };
  const functions = new Map([
    ["arn:aws:lambda:…", { endpoint: "http://127.0.0.1:1/", revokes: false, isSigned: false }],
  ]);
  const builtIn = new BuiltInRotators({
    startHost: undefined,
    callBackUrl: async () => "",
  } as unknown as ConstructorParameters<typeof BuiltInRotators>[0]);
  return {
    storage,
    secrets: shelf.secrets,
    rotators: new Rotators({ functions, credentials: undefined }, builtIn),
    clock,
    randomness: systemRandomness,
    auditLog: { append: async () => {} } as unknown as EngineParts["auditLog"],
    notices: unheard,
    lease: alwaysHeld,
    freshness: undefined,
    laggardsOf: async () => ({ laggards: [], count: 0 }),
    withoutValues: async (text) => text,
    metrics: { countEnd() {}, observe() {} },
    onFault() {},
  };
}
