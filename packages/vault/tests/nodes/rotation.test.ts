/** Two nodes over one PostgreSQL: a secret is rotated once, and by the other when one goes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { writePrivateFile } from "../../src/private-file.ts";
import { type OwnDatabase, ownDatabase } from "../../src/testing/database.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import {
  eventually,
  functionArn,
  rotatingWith,
  startFunction,
  type TestFunction,
} from "../api/rotation.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "claviger-nodes-"));
const allSteps = ["createSecret", "setSecret", "testSecret", "finishSecret"];
let lambda: TestFunction;
let database: OwnDatabase;
let nodes: readonly TestVault[];
let count = 0;
let SecretId: string;

beforeAll(async () => {
  lambda = await startFunction();
  database = await ownDatabase();
  const path = join(folder, "root.key");
  writePrivateFile(path, `${Buffer.alloc(32, "nodes").toString("base64")}\n`);
  const rotators = lambda.rotatorsFile;
  const flags = { database: database.url, rootKey: `file:${path}`, rotators };
  nodes = await Promise.all([startVault(flags), startVault(flags)]);
});
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await lambda.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  SecretId = `shared/${count++}`;
  await clientOf(nodes[0]).createSecret({ Name: SecretId, SecretString: "first" });
  lambda.events.length = 0;
});

function clientOf(node: TestVault | undefined): SecretsManager {
  if (node === undefined) throw new Error("there is no such node");
  return new SecretsManager(node.client);
}

/** The node that rotates comes first. */
async function inOrder(): Promise<readonly TestVault[]> {
  const held = await eventually(
    () => Promise.all(nodes.map(holdsLease)),
    (all) => all.includes(true),
  );
  return held[0] ? nodes : [...nodes].reverse();
}

async function holdsLease({ url }: TestVault): Promise<boolean> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return /^claviger_schedule_lease_held 1$/m.test(text);
}

const rotated = (node: TestVault | undefined) =>
  eventually(
    () => clientOf(node).describeSecret({ SecretId }),
    ({ LastRotatedDate }) => LastRotatedDate !== undefined,
  );

it("each step is asked for once, whichever node is asked to rotate", async () => {
  for (const [asked, called] of [
    [0, 1],
    [1, 0],
  ] as const) {
    lambda.events.length = 0;
    lambda.handler = rotatingWith(clientOf(nodes[called]));
    const RotationLambdaARN = functionArn;
    const { VersionId } = await clientOf(nodes[asked]).rotateSecret({
      SecretId,
      RotationLambdaARN,
    });
    const moved = await eventually(
      () => clientOf(nodes[called]).describeSecret({ SecretId }),
      ({ VersionIdsToStages = {} }) => String(VersionIdsToStages[VersionId ?? ""]) === "AWSCURRENT",
    );
    expect(Object.keys(moved.VersionIdsToStages ?? {})).toHaveLength(2);
    expect(lambda.events.map(({ Step }) => Step)).toEqual(allSteps);
  }
});

it("when the one that rotates goes, the other asks for its step again", async () => {
  const [holder, other] = await inOrder();
  const rotating = rotatingWith(clientOf(other));
  const stuck = new Promise<void>((resolve) => {
    lambda.handler = async (event) => {
      if (event.Step !== "testSecret") return rotating(event);
      resolve();
      return new Promise(() => {});
    };
  });
  await clientOf(other).rotateSecret({ SecretId, RotationLambdaARN: functionArn });
  await stuck;
  lambda.handler = rotating;
  await holder?.close();
  nodes = nodes.filter((node) => node !== holder);
  await rotated(other);
  expect(lambda.events.map(({ Step }) => Step)).toEqual([
    "createSecret",
    "setSecret",
    "testSecret",
    "testSecret",
    "finishSecret",
  ]);
});
