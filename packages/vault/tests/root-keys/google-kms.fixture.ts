/**
 * A stand-in for Google Cloud KMS: the REST form of encrypt and decrypt as the library calls them,
 * with one key, signed self-issued tokens and CRC-32C sums. Only Google's own service is the real
 * one; this shows that the vault speaks as Google's library does and what it does with the answers.
 * https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys
 */
import {
  createCipheriv,
  createDecipheriv,
  createVerify,
  generateKeyPairSync,
  randomBytes,
} from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { crc32c } from "../../src/encryption/root-keys/crc32c.ts";

export const googleKeyName = "projects/p/locations/global/keyRings/vaults/cryptoKeys/root";

export interface GoogleKms {
  readonly endpoint: string;
  /** What was asked, as `encrypt` and `decrypt`. */
  readonly asked: readonly string[];
  /** Spoils the next replies: one bit of a body, or a sum that was not verified. */
  damage: "nothing" | "bytes" | "verification";
  close(): Promise<void>;
}

interface Body {
  readonly plaintext?: string;
  readonly ciphertext?: string;
  readonly additionalAuthenticatedData?: string;
  readonly plaintextCrc32c?: string;
  readonly ciphertextCrc32c?: string;
  readonly additionalAuthenticatedDataCrc32c?: string;
}

/** Starts one, and writes the credentials of the only caller that it knows into a file. */
export async function startGoogleKms(credentialsFile: string): Promise<GoogleKms> {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(
    credentialsFile,
    JSON.stringify({
      type: "service_account",
      project_id: "p",
      private_key_id: "1",
      private_key: privateKey.export({ format: "pem", type: "pkcs8" }),
      client_email: "vault@p.iam.gserviceaccount.com",
      client_id: "1",
    }),
  );
  const key = randomBytes(32);
  const asked: string[] = [];
  const state = { damage: "nothing" as GoogleKms["damage"] };

  function isKnown({ headers }: IncomingMessage): boolean {
    const [head, claims, signature = ""] = (headers.authorization ?? "").slice(7).split(".");
    const verify = createVerify("sha256").update(`${head}.${claims}`);
    return verify.verify(publicKey, signature, "base64url");
  }

  function encrypt({ plaintext, additionalAuthenticatedData, ...sums }: Body): object {
    const bytes = Buffer.from(plaintext ?? "", "base64");
    const aad = Buffer.from(additionalAuthenticatedData ?? "", "base64");
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad);
    const sealed = Buffer.concat([nonce, cipher.update(bytes), cipher.final()]);
    const ciphertext = Buffer.concat([sealed, cipher.getAuthTag()]);
    const isVerified = state.damage !== "verification";
    return {
      name: `${googleKeyName}/cryptoKeyVersions/1`,
      ciphertext: damaged(ciphertext).toString("base64"),
      ciphertextCrc32c: String(crc32c(ciphertext)),
      verifiedPlaintextCrc32c: isVerified && Number(sums.plaintextCrc32c) === crc32c(bytes),
      verifiedAdditionalAuthenticatedDataCrc32c:
        Number(sums.additionalAuthenticatedDataCrc32c) === crc32c(aad),
      protectionLevel: "SOFTWARE",
    };
  }

  function decrypt({ ciphertext, additionalAuthenticatedData, ...sums }: Body): object {
    const bytes = Buffer.from(ciphertext ?? "", "base64");
    const aad = Buffer.from(additionalAuthenticatedData ?? "", "base64");
    if (Number(sums.ciphertextCrc32c) !== crc32c(bytes)) throw new Error("the sum is wrong");
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12)).setAAD(aad);
    decipher.setAuthTag(bytes.subarray(-16));
    const opened = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
    return {
      plaintext: damaged(opened).toString("base64"),
      plaintextCrc32c: String(crc32c(opened)),
      usedPrimary: true,
      protectionLevel: "SOFTWARE",
    };
  }

  function damaged(bytes: Buffer): Buffer {
    if (state.damage !== "bytes") return bytes;
    const changed = Buffer.from(bytes);
    changed[0] = (changed[0] ?? 0) ^ 1;
    return changed;
  }

  const server = createServer(async (request, response) => {
    const [, name, verb = ""] = /^\/v1\/([^:]+):(\w+)/.exec(request.url ?? "") ?? [];
    const body: Body = JSON.parse((await buffer(request)).toString() || "{}");
    asked.push(verb);
    const refuse = (code: number, status: string, message: string) => {
      response.writeHead(code, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { code, message, status } }));
    };
    if (!isKnown(request)) return refuse(403, "PERMISSION_DENIED", "Permission denied.");
    if (name !== googleKeyName) return refuse(404, "NOT_FOUND", "CryptoKey not found.");
    try {
      const reply = verb === "encrypt" ? encrypt(body) : decrypt(body);
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(reply));
    } catch {
      refuse(400, "INVALID_ARGUMENT", "Decryption failed: the ciphertext is invalid.");
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    get damage() {
      return state.damage;
    },
    set damage(damage) {
      state.damage = damage;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
