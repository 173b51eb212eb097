/**
 * The root key under a key of Google Cloud KMS: 32 random bytes that it encrypted once, with
 * additional data that names this vault. Their ciphertext is kept beside the data; each start asks
 * for one Decrypt. CRC-32C sums guard against damage on the way, as Google asks for:
 * https://cloud.google.com/kms/docs/data-integrity-guidelines
 */
import { randomBytes } from "node:crypto";
import type { KeyManagementServiceClient } from "@google-cloud/kms";
import { crc32c } from "./crc32c.ts";
import { loadProvider, providerFailed, providerMilliseconds } from "./provider.ts";
import { RootKeyError, rootKeyBytes, rootKeyFrom } from "./root-key.ts";
import { keptBy, type RootKeySource } from "./source.ts";

const hint =
  "Give this process the role roles/cloudkms.cryptoKeyEncrypterDecrypter on the key, and check " +
  "the application default credentials and the network.";
const callOptions = { timeout: providerMilliseconds.reply };

/** `keyName` is `projects/…/cryptoKeys/NAME`; `endpoint` is CLAVIGER_ROOT_KEY_ENDPOINT's. */
export function gcpKmsRootKey(keyName: string, endpoint: string | undefined): RootKeySource {
  const source = `gcp-kms:${keyName}`;
  return {
    name: source,
    async create(vaultId) {
      const plaintext = randomBytes(rootKeyBytes);
      const additionalAuthenticatedData = Buffer.from(`claviger:vault=${vaultId}`);
      const [reply] = await asked((client) =>
        client.encrypt(
          {
            name: keyName,
            plaintext,
            plaintextCrc32c: { value: crc32c(plaintext) },
            additionalAuthenticatedData,
            additionalAuthenticatedDataCrc32c: { value: crc32c(additionalAuthenticatedData) },
          },
          callOptions,
        ),
      );
      const ciphertext = bytesOf(reply.ciphertext);
      demandIntact(
        reply.verifiedPlaintextCrc32c === true &&
          reply.verifiedAdditionalAuthenticatedDataCrc32c === true &&
          isIntact(ciphertext, reply.ciphertextCrc32c),
      );
      const rootKey = rootKeyFrom(plaintext);
      plaintext.fill(0);
      return { rootKey, kept: { type: "gcp-kms", ciphertext: ciphertext.toString("base64") } };
    },
    async open(kept, vaultId) {
      const ciphertext = Buffer.from(keptBy("gcp-kms", kept).ciphertext, "base64");
      const additionalAuthenticatedData = Buffer.from(`claviger:vault=${vaultId}`);
      const [reply] = await asked((client) =>
        client.decrypt(
          {
            name: keyName,
            ciphertext,
            ciphertextCrc32c: { value: crc32c(ciphertext) },
            additionalAuthenticatedData,
            additionalAuthenticatedDataCrc32c: { value: crc32c(additionalAuthenticatedData) },
          },
          callOptions,
        ),
      );
      const plaintext = bytesOf(reply.plaintext);
      demandIntact(isIntact(plaintext, reply.plaintextCrc32c));
      return rootKeyFrom(plaintext);
    },
  };

  async function asked<Reply>(
    ask: (client: KeyManagementServiceClient) => Promise<Reply>,
  ): Promise<Reply> {
    const client = await clientFor(endpoint);
    try {
      return await ask(client);
    } catch (error) {
      throw providerFailed(source, error, hint);
    } finally {
      await client.close();
    }
  }
}

/** REST instead of gRPC: nothing of a channel is left behind once the one call is made. */
async function clientFor(endpoint: string | undefined): Promise<KeyManagementServiceClient> {
  const { KeyManagementServiceClient } = await loadProvider(
    "@google-cloud/kms",
    () => import("@google-cloud/kms"),
  );
  if (endpoint === undefined) return new KeyManagementServiceClient({ fallback: true });
  const { hostname, port, protocol } = new URL(endpoint);
  return new KeyManagementServiceClient({
    fallback: true,
    apiEndpoint: hostname,
    port: Number(port || (protocol === "http:" ? 80 : 443)),
    protocol: protocol.slice(0, -1),
  });
}

/** In JSON bytes are base64. */
function bytesOf(given: Uint8Array | string | null | undefined): Buffer {
  return typeof given === "string" ? Buffer.from(given, "base64") : Buffer.from(given ?? []);
}

type Checksum = { readonly value?: unknown } | null | undefined;

function isIntact(bytes: Uint8Array, checksum: Checksum): boolean {
  return Number(checksum?.value ?? Number.NaN) === crc32c(bytes);
}

function demandIntact(isSo: boolean): void {
  if (isSo) return;
  throw new RootKeyError(
    "What Google Cloud KMS answered was damaged on the way: its checksum is another.",
    "Try again; if it stays so, look at what stands between this machine and Google.",
  );
}
