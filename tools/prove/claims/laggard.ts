/**
 * Readers who stay on an old key hold back its revocation and are named, until they have moved or
 * their credentials have expired; only an operator's own choice, which is audited, ends it before.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { kill } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { asRoot, clientsOf } from "../../harness/aws-clients.ts";
import {
  cleanEnvironment,
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../harness/vault-process.ts";
import { type Claim, type ClaimRun, demand } from "../claim.ts";
import {
  makeRotatingSecret,
  type Place,
  type RotatingSecret,
  sitesOf,
  startPlace,
} from "../rotation/rotating-secret.ts";
import { type DescribedRotation, describeRotation, untilPhase } from "../rotation/rotations.ts";
import { rotatorsFile } from "../rotation/rotators-file.ts";
import { startWatchedHost, stepOf, type WatchedHost } from "../rotation/watched-host.ts";

const graceMilliseconds = 1000;
/** The vault looks about once a second whether anything is due. */
const lookMilliseconds = 2500;
const minutesOfSession = 15;
/** A client may serve what it read for another five minutes. */
const minutesUntilForgotten = 8;

export const laggard: Claim = {
  name: "laggard",
  says: "a reader that stays on the old key holds back its revocation and is named; when it has moved, or its credentials have expired, revocation happens by itself",
  async run(run) {
    const places = await Promise.all(
      ["moves", "is-forced", "expires"].map((name) => startPlace(name, "WeatherToken")),
    );
    const file = rotatorsFile({ sites: sitesOf(places) });
    const host = await startWatchedHost(file);
    const vault = await startVaultProcess({
      root: run.root,
      dataDirectory: join(temporaryFolder("laggard"), "data"),
      flags: ["--rotators", file],
      server: host.server,
    });
    const [moving, forced, expiring] = places as [Place, Place, Place];
    try {
      await makeReaderRole(vault);
      await whoMoves(run, vault, moving);
      await whoIsForced(run, vault, forced);
      await whoExpires(run, vault, expiring, host);
    } finally {
      await vault.stop();
      await host.close();
      await Promise.all(places.map((place) => place.close()));
    }
  },
};

async function whoMoves(run: ClaimRun, vault: VaultProcess, place: Place): Promise<void> {
  const { secret, reader, versionId, old } = await overlapping(vault, place, "nightly-batch");
  const { Laggards = [], LaggardCount } = await untilLaggard(vault, secret);
  const [named] = Laggards;
  const who = `${named?.PrincipalArn} ${named?.SessionName} ${named?.SourceAddress}`;
  demand(
    LaggardCount === 1 && named?.VersionId === old,
    `laggards are ${JSON.stringify(Laggards)}`,
  );
  demand(/role\/reader.* nightly-batch 127\.0\.0\.1/.test(who), `the laggard is named ${who}`);
  const told = await command(run, vault, ["rotations"]);
  demand(/^moves .*waits for laggards .*1$/m.test(told), `claviger rotations says ${told}`);

  await passMinutes(vault, 2);
  await demandTokens(secret, 2, "the old key was revoked under a reader that has it");
  await reader.read();
  await passMinutes(vault, 1);
  await untilPhase(vault, secret.name, ["succeeded"]);
  await demandTokens(secret, 1, "the old key lives on");
  const [left] = await secret.provider.tokens();
  demand(left === `claviger-${versionId}`, `the provider is left with ${left}`);
  run.print(`${who} held it back for minutes; it was revoked when that had read the new version`);
}

async function whoIsForced(run: ClaimRun, vault: VaultProcess, place: Place): Promise<void> {
  const { secret } = await overlapping(vault, place, "forgotten");
  await untilLaggard(vault, secret);
  await command(run, vault, ["rotate", `secretsmanager:${secret.name}`, "--force"]);
  await untilPhase(vault, secret.name, ["succeeded"]);
  await demandTokens(secret, 1, "the old key lives on although it was forced");
  const { Events = [] } = await asRoot(vault).trail.lookupEvents({
    LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "EndRotationOverlap" }],
  });
  const event = JSON.parse(Events[0]?.CloudTrailEvent ?? "{}");
  const said = `${event.userIdentity?.arn} ${JSON.stringify(event.responseElements)}`;
  demand(/:root .*"laggardCount":1/.test(said), `the trail says ${said}`);
  run.print(`--force revoked it at once, and the trail says who did that: ${said}`);
}

/**
 * Last, since after it the vault's clock is far from everybody else's: it is enough that it asks its
 * rotator to revoke the old key.
 */
async function whoExpires(
  run: ClaimRun,
  vault: VaultProcess,
  place: Place,
  { proxy }: WatchedHost,
): Promise<void> {
  const { secret } = await overlapping(vault, place, "dead-container");
  await untilLaggard(vault, secret);
  let isAsked = false;
  proxy.interfere = async (passing) => {
    isAsked ||= stepOf(passing) === "revokeSecret" && passing.body.includes(secret.arn);
    return "pass";
  };
  await passMinutes(vault, minutesOfSession - 1);
  demand(!isAsked, "it was to be revoked under a reader with good credentials");
  await passMinutes(vault, minutesUntilForgotten);
  demand(isAsked, "expired credentials still hold the old key back");
  run.print("one whose credentials have expired holds nothing back");
}

interface Overlapping {
  readonly secret: RotatingSecret;
  readonly reader: Reader;
  readonly versionId: string;
  readonly old: string;
}

/** A rotation whose grace time is over, and a reader that has the old key. */
async function overlapping(
  vault: VaultProcess,
  place: Place,
  sessionName: string,
): Promise<Overlapping> {
  const secret = await makeRotatingSecret(vault, place, `${graceMilliseconds / 1000}s`);
  const reader = await readerOf(vault, secret.arn, sessionName);
  const old = await reader.read();
  const versionId = await secret.rotate(vault);
  await untilPhase(vault, secret.name, ["overlap"]);
  return { secret, reader, versionId, old };
}

/** When the grace time is over and the vault has looked who has the old key. */
async function untilLaggard(
  vault: VaultProcess,
  { name }: RotatingSecret,
): Promise<DescribedRotation> {
  await sleep(graceMilliseconds + lookMilliseconds);
  const rotation = await describeRotation(vault, name);
  const { Phase, LaggardCount = 0 } = rotation;
  demand(Phase === "overlap", `with a laggard it went on to ${Phase}`);
  demand(LaggardCount > 0, "no laggard is named");
  return rotation;
}

interface Reader {
  /** Resolves with the id of the version that it got. */
  read(): Promise<string>;
}

async function makeReaderRole(vault: VaultProcess): Promise<void> {
  const { iam } = asRoot(vault);
  const policy = (statement: object) =>
    JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", ...statement } });
  const Principal = { AWS: "arn:aws:iam::123456789012:root" };
  await iam.createRole({
    RoleName: "reader",
    AssumeRolePolicyDocument: policy({ Principal, Action: "sts:AssumeRole" }),
  });
  await iam.putRolePolicy({
    RoleName: "reader",
    PolicyName: "read",
    PolicyDocument: policy({ Action: "secretsmanager:GetSecretValue", Resource: "*" }),
  });
}

async function readerOf(
  vault: VaultProcess,
  SecretId: string,
  RoleSessionName: string,
): Promise<Reader> {
  const { Credentials } = await asRoot(vault).sts.assumeRole({
    RoleArn: "arn:aws:iam::123456789012:role/reader",
    RoleSessionName,
    DurationSeconds: minutesOfSession * 60,
  });
  const { secrets } = clientsOf({
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken,
  })(vault);
  return { read: async () => (await secrets.getSecretValue({ SecretId })).VersionId ?? "" };
}

/** By the vault's clock. Resolves when it has looked what is due. */
async function passMinutes(vault: VaultProcess, minutes: number): Promise<void> {
  for (let minute = 1; minute <= minutes; minute++) {
    kill(vault.pid, "SIGUSR2");
    await sleep(50);
  }
  await sleep(lookMilliseconds);
}

async function demandTokens(
  { provider }: RotatingSecret,
  count: number,
  otherwise: string,
): Promise<void> {
  const tokens = await provider.tokens();
  demand(tokens.length === count, `${otherwise}: ${tokens.join(", ")}`);
}

/** What the command prints. */
async function command(
  { root }: ClaimRun,
  { environment }: VaultProcess,
  words: readonly string[],
): Promise<string> {
  const env = { ...cleanEnvironment(), ...environment };
  const { stdout } = await promisify(execFile)(join(root, "packages/cli/bin/claviger"), words, {
    env,
  });
  return stdout;
}
