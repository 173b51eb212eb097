/** Every audit chain: whole, signed, and with all those that its heads saw. */
import { trustedKey } from "../../audit/public-key.ts";
import { verifyTrail } from "../../audit/verify.ts";
import type { AuditSigner } from "../../keys/audit-signer.ts";
import type { Source } from "../source.ts";
import type { Finding } from "./checked-vault.ts";

/** The signer's key is the vault's own; `claviger audit verify --public-key` takes another copy. */
export async function* trailFindings(
  { trail }: Source,
  { publicKeyPem }: AuditSigner,
): AsyncGenerator<Finding> {
  const { broken, chains } = await verifyTrail(trail(), trustedKey(publicKeyPem));
  for (const { name } of chains) yield { name, problems: [] };
  if (broken === undefined) return;
  yield { name: broken.chain, problems: [`group ${broken.group}: ${broken.reason}`] };
}
