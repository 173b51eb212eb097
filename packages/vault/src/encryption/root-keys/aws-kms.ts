/**
 * The root key under a key of AWS KMS: 32 random bytes that KMS encrypted once, with a context
 * that names this vault. Their ciphertext is kept beside the data; each start asks for one Decrypt.
 */
import { randomBytes } from "node:crypto";
import type { KMSClient } from "@aws-sdk/client-kms";
import { loadProvider, providerFailed, providerMilliseconds } from "./provider.ts";
import { RootKeyError, rootKeyBytes, rootKeyFrom } from "./root-key.ts";
import { keptBy, type RootKeySource } from "./source.ts";

const packageName = "@aws-sdk/client-kms";
const hint =
  "Allow this process kms:Encrypt and kms:Decrypt on the key, and check AWS's credentials and " +
  "the network. The environment's AWS_ENDPOINT_URL is not used here: CLAVIGER_ROOT_KEY_ENDPOINT is.";

/** `endpoint` is CLAVIGER_ROOT_KEY_ENDPOINT's; without it the region's own is asked. */
export function awsKmsRootKey(keyArn: string, endpoint: string | undefined): RootKeySource {
  const name = `aws-kms:${keyArn}`;
  return {
    name,
    async create(vaultId) {
      const bytes = randomBytes(rootKeyBytes);
      const { EncryptCommand } = await sdk();
      const { CiphertextBlob } = await asked((client) =>
        client.send(
          new EncryptCommand({
            KeyId: keyArn,
            Plaintext: bytes,
            EncryptionContext: contextOf(vaultId),
          }),
        ),
      );
      const rootKey = rootKeyFrom(bytes);
      bytes.fill(0);
      const ciphertext = Buffer.from(CiphertextBlob ?? []).toString("base64");
      return { rootKey, kept: { type: "aws-kms", ciphertext } };
    },
    async open(kept, vaultId) {
      const { ciphertext } = keptBy("aws-kms", kept);
      const { DecryptCommand } = await sdk();
      const { Plaintext } = await asked((client) =>
        client.send(
          new DecryptCommand({
            KeyId: keyArn,
            CiphertextBlob: Buffer.from(ciphertext, "base64"),
            EncryptionContext: contextOf(vaultId),
          }),
        ),
      );
      return rootKeyFrom(Buffer.from(Plaintext ?? []));
    },
  };

  async function asked<Reply>(ask: (client: KMSClient) => Promise<Reply>): Promise<Reply> {
    const client = await clientFor(keyArn, endpoint);
    try {
      return await ask(client);
    } catch (error) {
      throw providerFailed(name, error, hint);
    } finally {
      client.destroy();
    }
  }
}

function sdk() {
  return loadProvider(packageName, () => import("@aws-sdk/client-kms"));
}

function contextOf(vaultId: string): Record<string, string> {
  return { "claviger:vault": vaultId };
}

/**
 * Who works with this vault has AWS_ENDPOINT_URL pointing at it, and its server may have inherited
 * that: the vault would ask itself for the key that it needs to start.
 */
async function clientFor(keyArn: string, endpoint: string | undefined): Promise<KMSClient> {
  const { KMSClient } = await sdk();
  const client = new KMSClient({
    region: keyArn.split(":")[3] ?? "",
    ...(endpoint !== undefined && { endpoint }),
    ignoreConfiguredEndpointUrls: true,
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: providerMilliseconds.connect,
      requestTimeout: providerMilliseconds.reply,
      throwOnRequestTimeout: true,
    },
  });
  if (client.config.ignoreConfiguredEndpointUrls === true) return client;
  client.destroy();
  throw new RootKeyError(
    `The installed ${packageName} is too old to be kept from AWS_ENDPOINT_URL.`,
    `Install a newer one: npm install ${packageName}@latest`,
  );
}
