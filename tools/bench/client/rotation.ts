/** How long after its rotation in a real vault each contender gives the new value. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SSM } from "@aws-sdk/client-ssm";
import { startVaultProcess, temporaryFolder } from "../../harness/vault-process.ts";
import { type Contender, type ContenderName, contenderNames, contenders } from "./contenders.ts";

/** Milliseconds, with each one's own default TTL; undefined where the new value was not given in time. */
export type SeenAfter = Readonly<Record<ContenderName, number | undefined>>;

/** As each one's documentation has it; lru-cache has none of its own, and is given ours. */
const defaultTtlSeconds: Readonly<Record<ContenderName, number>> = {
  "@claviger/client": 300,
  "Powertools parameters": 5,
  middy: Number.POSITIVE_INFINITY,
  "lru-cache and the SDK": 300,
};

const name = "/bench/rotated";

/** `lookSeconds`: for how long the new value is waited for. */
export async function measureRotation(root: string, lookSeconds: number): Promise<SeenAfter> {
  const dataDirectory = join(temporaryFolder("rotation"), "vault");
  const vault = await startVaultProcess({ root, dataDirectory });
  const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "", AWS_REGION = "" } = vault.environment;
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  const ssm = new SSM({ endpoint: vault.url, region: AWS_REGION, credentials });
  const rotate = (Value: string) =>
    ssm.putParameter({ Name: name, Value, Type: "SecureString", Overwrite: true });
  const opened = contenderNames.map((contender) => {
    const ttlSeconds = defaultTtlSeconds[contender];
    return contenders[contender]({ endpoint: vault.url, credentials, ttlSeconds, name });
  });
  try {
    await rotate("first");
    await Promise.all(opened.map((contender) => contender.get()));
    // Whoever listens has begun to by then.
    await sleep(1000);
    await rotate("second");
    const rotatedAt = performance.now();
    const seen = await Promise.all(
      opened.map((contender) => seenAfter(contender, rotatedAt, lookSeconds * 1000)),
    );
    return Object.fromEntries(
      contenderNames.map((contender, at) => [contender, seen[at]]),
    ) as SeenAfter;
  } finally {
    for (const contender of opened) contender.close();
    ssm.destroy();
    await vault.stop();
  }
}

async function seenAfter(
  contender: Contender,
  rotatedAt: number,
  lookMilliseconds: number,
): Promise<number | undefined> {
  while (performance.now() - rotatedAt < lookMilliseconds) {
    if (contender.text(await contender.get()) === "second") return performance.now() - rotatedAt;
    await sleep(5);
  }
  return undefined;
}
