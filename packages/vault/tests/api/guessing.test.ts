/** Guessing at secrets: refused beyond a burst, cheaply, and never at the owner's cost. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  getSecretValue,
  independent,
  type Keys,
} from "../../src/authentication/signers.fixture.ts";
import { type Composed, compose } from "../../src/compose.ts";
import { readConfiguration } from "../../src/configuration.ts";
import { secretsmanager } from "../../src/operations/secretsmanager/service.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { guessRates } from "../../src/throttling/guess-limit.ts";
import { RawHttp } from "./raw-http.fixture.ts";

const owner: Keys = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

describe("ten thousand secrets for one key", () => {
  const directory = mkdtempSync(join(tmpdir(), "claviger-guessing-"));
  const attacker = "203.0.113.7";
  let composed: Composed;
  let codes: readonly string[];

  const ask = async (keys: Keys, sourceAddress: string) => {
    const signed = await independent.sign(getSecretValue({ at: Date.now() }), keys);
    const { body } = await composed.pipeline({ ...signed, sourceAddress });
    return JSON.parse(String(body)).__type as string;
  };
  const metric = (outcome: string) =>
    Number(
      composed.metrics
        .text({ isHealthy: true, connections: 0, requestsUnderWay: 0 })
        .match(`claviger_failed_authentications_total{outcome="${outcome}"} (\\d+)`)?.[1],
    );

  beforeAll(async () => {
    composed = await compose(
      readConfiguration(
        { data: directory },
        {
          CLAVIGER_ROOT_ACCESS_KEY_ID: owner.accessKeyId,
          CLAVIGER_ROOT_SECRET_ACCESS_KEY: owner.secretAccessKey,
        },
      ),
    );
    const guesses: string[] = [];
    for (let count = 0; count < 10_000; count += 1) {
      guesses.push(await ask({ ...owner, secretAccessKey: `guess number ${count}` }, attacker));
    }
    codes = guesses;
  });

  afterAll(async () => {
    await composed?.close();
    rmSync(directory, { recursive: true });
  });

  it("are told Rate exceeded after the burst", () => {
    const { burst, perSecond } = guessRates.pair;
    const checked = codes.filter((code) => code === "InvalidSignatureException").length;
    expect(new Set(codes.slice(0, burst))).toEqual(new Set(["InvalidSignatureException"]));
    // What came back while they were sent, on a machine however slow.
    expect(checked).toBeLessThanOrEqual(burst + perSecond * 60);
    expect(codes.filter((code) => code === "ThrottlingException")).toHaveLength(10_000 - checked);
    expect(metric("wrong")).toBe(checked);
    expect(metric("limited")).toBe(10_000 - checked);
  });

  it("keep the owner from nothing at another address", async () => {
    expect(await ask(owner, "198.51.100.1")).toBe("ResourceNotFoundException");
  });

  it("tell the attacker nothing when one is right", async () => {
    expect(await ask(owner, attacker)).toBe("ThrottlingException");
  });
});

describe("over HTTP", () => {
  let vault: TestVault;
  let http: RawHttp;

  beforeAll(async () => {
    vault = await startVault();
    http = new RawHttp(vault);
  });

  afterAll(async () => {
    http?.close();
    await vault?.close();
  });

  const ask = (keys: Keys) => http.json(secretsmanager, "ListSecrets", "{}", keys);
  const strangers = (count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, at) =>
        ask({ accessKeyId: `AKIA${String(at).padStart(16, "0")}`, secretAccessKey: "guessed" }),
      ),
    );

  it("strangers of many keys behind one address don't keep out who had signed there before", async () => {
    expect((await ask(vault.credentials)).status).toBe(200);
    const replies = await strangers(guessRates.address.burst * 2);
    const limited = replies.filter(({ code }) => code === "ThrottlingException");
    expect(limited.length).toBeGreaterThan(0);
    expect(limited[0]).toMatchObject({ status: 400, message: "Rate exceeded" });
    expect((await ask(vault.credentials)).status).toBe(200);
  });

  it("nor a session that was opened since", async () => {
    const { Credentials } = await new STS(vault.client).getSessionToken({});
    const session = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    await strangers(guessRates.address.burst);
    expect((await ask(session)).status).toBe(200);
  });

  it("the trail has some of them, and how many the rest were", async () => {
    await strangers(100);
    vault.clock.advance(61_000);
    await strangers(1);
    const trail = new CloudTrail({ ...vault.client, systemClockOffset: 61_000 });
    const LookupAttributes = [
      { AttributeKey: "EventName" as const, AttributeValue: "ListSecrets" },
    ];
    const { Events = [] } = await trail.lookupEvents({ LookupAttributes });
    const events = Events.map(({ CloudTrailEvent = "{}" }) => JSON.parse(CloudTrailEvent));
    const coalesced = events.filter(
      ({ errorCode, additionalEventData }) =>
        errorCode === "ThrottlingException" && additionalEventData?.count > 1,
    );
    expect(coalesced.length).toBeGreaterThan(0);
  });

  it("web identities that nobody vouches for are guesses too", async () => {
    const sts = new STS({ ...vault.client, systemClockOffset: 61_000 });
    const assume = () =>
      sts
        .assumeRoleWithWebIdentity({
          RoleArn: `arn:aws:iam::${vault.accountId}:role/web`,
          RoleSessionName: "guess",
          WebIdentityToken: "e30.e30.e30",
        })
        .catch(({ name }: Error) => name);
    const names = new Set<unknown>();
    // Meanwhile one more is allowed each second, and a busy machine takes many of them.
    for (let count = 0; count <= 2 * guessRates.pair.burst && names.size < 2; count += 1) {
      names.add(await assume());
    }
    expect(names).toContain("Throttling");
  });
});
