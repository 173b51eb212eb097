/** Permits for what only the vault can do with a secret. */
import type { Permit } from "../../authorization/authorize.ts";
import type { SecretResource } from "../../secrets/records.ts";
import type { Call } from "../operation.ts";
import { secretKeys } from "../secretsmanager/authorize-secret.ts";

/** The permit to do `action` on the secret that is named, or AccessDenied. */
export async function permitOnSecret<Action extends string>(
  call: Call,
  action: Action,
  SecretId: string,
): Promise<Permit<`claviger:${Action}`, SecretResource>> {
  const secret = await call.vault.secrets.locate(call.scope, SecretId);
  return call.authorize(`claviger:${action}`, secret, secretKeys(secret));
}
