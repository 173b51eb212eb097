/**
 * The key that signs the heads of the audit chain: Ed25519, its private part sealed under the root
 * key, its public part for whoever verifies a trail elsewhere.
 */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import type { SealedKeys } from "./ring/sealed-keys.ts";

export interface AuditSigner {
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Buffer;
  /** The same in PEM, as it is exported. */
  readonly publicKeyPem: string;
  sign(bytes: Uint8Array): Buffer;
}

// What precedes the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410).
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

export async function auditSigner(sealedKeys: SealedKeys): Promise<AuditSigner> {
  const seed = await sealedKeys.secret("audit-signing");
  const privateKey = createPrivateKey({
    key: Buffer.concat([pkcs8Prefix, seed]),
    format: "der",
    type: "pkcs8",
  });
  const publicKey = createPublicKey(privateKey);
  const der = publicKey.export({ format: "der", type: "spki" });
  return {
    publicKey: der,
    publicKeyPem: publicKey.export({ format: "pem", type: "spki" }).toString(),
    sign: (bytes) => sign(null, bytes, privateKey),
  };
}
