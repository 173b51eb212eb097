/**
 * Several keys live side by side, whatever goes wrong: AWSCURRENT works at each moment, after each
 * rotation there is one key of ours, and nobody else's was touched. The ready descriptions of
 * providers, against stand-ins that speak as they do.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { declaredRotators } from "../src/declared/declared-rotators.ts";
import type { Rotator } from "../src/rotator.ts";
import { editsTokens, startCloudflare } from "./stand-ins/cloudflare.ts";
import { startDatadog } from "./stand-ins/datadog.ts";
import type { KeyRegister } from "./stand-ins/key-register.ts";
import { projectId, startOpenAi } from "./stand-ins/open-ai.ts";
import { startSendGrid } from "./stand-ins/send-grid.ts";
import type { StandIn } from "./stand-ins/stand-in.ts";
import { type Mishap, mishaps, TroubledRuns } from "./troubled-runs.fixture.ts";

interface World {
  readonly type: string;
  readonly baseUrl: string;
  readonly standIn: StandIn;
  readonly register: KeyRegister;
  /** What keys are made with by hand. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Without one the key manages itself. */
  readonly adminSecret?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly field?: string;
  readonly keyIdField?: string;
}

const unlimited = { requestsPerSecondMax: Number.POSITIVE_INFINITY };
// Not one too many: AWSCURRENT, a bystander, the admin's, the new one, and its twin.
const tight = { ...unlimited, keysMax: 5 };

const worlds: Readonly<Record<string, () => Promise<World>>> = {
  "SendGrid, managed by itself": async () => {
    const standIn = await startSendGrid(tight);
    const attributes = { scopes: ["mail.send", "api_keys"] };
    const { register, url: baseUrl } = standIn;
    return { type: "SendGridApiKey", baseUrl, standIn, register, attributes };
  },
  "SendGrid, managed by an admin's key": async () => {
    const standIn = await startSendGrid(tight);
    const { register, url: baseUrl } = standIn;
    const adminSecret = register.make("admin", { scopes: ["api_keys"] })?.value ?? "";
    const attributes = { scopes: ["mail.send"] };
    return { type: "SendGridApiKey", baseUrl, standIn, register, attributes, adminSecret };
  },
  Cloudflare: async () => {
    const standIn = await startCloudflare(tight);
    const { register } = standIn;
    const adminSecret = register.make("admin", { policies: editsTokens })?.value ?? "";
    const attributes = { policies: [{ effect: "allow", permission_groups: ["DNS Read"] }] };
    const baseUrl = `${standIn.url}/client/v4`;
    const field = "apiToken";
    return {
      type: "CloudflareApiToken",
      baseUrl,
      standIn,
      register,
      attributes,
      adminSecret,
      field,
    };
  },
  Datadog: async () => {
    const standIn = await startDatadog(tight);
    const { register, applicationKey, url: baseUrl } = standIn;
    const apiKey = register.make("admin")?.value;
    const adminSecret = JSON.stringify({ apiKey, applicationKey });
    return { type: "DatadogApiKey", baseUrl, standIn, register, attributes: {}, adminSecret };
  },
  "OpenAI's service accounts, which are made anew": async () => {
    const standIn = await startOpenAi(unlimited);
    const { register, adminKey: adminSecret } = standIn;
    const baseUrl = `${standIn.url}/v1`;
    return {
      ...{
        type: "OpenAIServiceAccountKey",
        baseUrl,
        standIn,
        register,
        attributes: {},
        adminSecret,
      },
      metadata: { projectId },
      keyIdField: "serviceAccountId",
    };
  },
};

describe.concurrent.each(Object.entries(worlds))("%s", (_, start) => {
  test("one key of ours, and it works", async () => {
    const world = await start();
    const rotator = likeReady(world);
    const others = [...world.register.live];
    await fc.assert(
      fc.asyncProperty(mishaps, fc.boolean(), (all, isJson) =>
        oneKeyOfOurs(world, rotator, others, all, isJson),
      ),
      { numRuns: 15 },
    );
    await world.standIn.close();
  });
});

async function oneKeyOfOurs(
  world: World,
  rotator: Rotator,
  others: readonly unknown[],
  all: readonly Mishap[],
  isJson: boolean,
): Promise<void> {
  const { register, field = "apiKey", keyIdField = "keyId", attributes } = world;
  for (const key of register.live) if (!others.includes(key)) register.revoke(key.id);
  const bystander = register.make("somebody's own", attributes);
  const first = register.make("first", attributes);
  if (first === undefined) throw new Error("no room");
  const isKnown = isJson || rotator.strategy === "recreate";
  const json = JSON.stringify({ [field]: first.value, [keyIdField]: first.id, region: "eu" });
  const keyIn = (secret: string) => (isKnown ? JSON.parse(secret)[field] : secret);
  const current = ({ current }: { current: string }) => register.byValue(keyIn(current));
  const runs = new TroubledRuns(
    {
      ...world,
      rotator,
      initialSecret: isKnown ? json : first.value,
      always: (secret) => expect(current(secret), "AWSCURRENT").toBeDefined(),
    },
    all,
  );
  // Each try that fails takes a mishap at least.
  let triesLeft = all.length + 1;
  for (let isOver = false; !isOver; triesLeft--) {
    expect(triesLeft, runs.failures.at(-1)).toBeGreaterThan(0);
    isOver = (await runs.rotate()) && !runs.hasMishapsLeft;
    expect(current(runs.secret)?.attributes).toEqual(attributes);
    const ours = new Set([...others, bystander, current(runs.secret)]);
    expect(new Set(register.live)).toEqual(ours);
  }
  if (isKnown) expect(JSON.parse(runs.secret.current).region).toBe("eu");
}

function likeReady({ type, baseUrl }: World): Rotator {
  const rotators = declaredRotators({ OfStandIn: { like: type, baseUrl } });
  return rotators.find((rotator) => rotator.type === "OfStandIn") as Rotator;
}
