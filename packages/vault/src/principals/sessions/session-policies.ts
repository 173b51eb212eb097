/**
 * The policies that were passed when a session was made. An inline one is compiled when its token
 * is opened; a managed one is what stands under its ARN now, as it is for a role's own policies.
 */
import { type CompiledPolicy, compilePolicy } from "../../authorization/compile.ts";
import { ApiError } from "../../errors.ts";
import type { Soon } from "../../soon.ts";
import type { Storage } from "../../storage/storage.ts";
import { awsManagedPolicy } from "../policies/aws-managed-policies.ts";
import { compiledManagedPolicy } from "../policies/compiled-policies.ts";
import { customerPolicy } from "../policies/customer-policy.ts";
import type { SessionContext } from "./session.ts";

/** Throws MalformedPolicyDocument. */
export function compiledSessionPolicy(document: string): CompiledPolicy {
  return compilePolicy(document, "identity", {}, "session policy");
}

export class SessionPolicies {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Throws where the context names a managed policy that isn't there or isn't the account's. */
  async check(accountId: string, { policyArns = [] }: SessionContext): Promise<void> {
    for (const arn of policyArns) {
      if ((await this.#managed(accountId, arn)) !== undefined) continue;
      const message = `The managed session policy ${arn} does not exist.`;
      throw new ApiError("MalformedPolicyDocument", message);
    }
  }

  /** Together they bound the session; none where none were passed. */
  of(
    accountId: string,
    inline: CompiledPolicy | undefined,
    policyArns: readonly string[] | undefined,
  ): Soon<readonly CompiledPolicy[]> {
    const compiled = inline === undefined ? none : [inline];
    if (policyArns === undefined) return compiled;
    return Promise.all(policyArns.map((arn) => this.#managed(accountId, arn))).then((managed) => [
      ...compiled,
      ...managed.map((policy) => policy ?? deniesAll),
    ]);
  }

  async #managed(accountId: string, arn: string): Promise<CompiledPolicy | undefined> {
    const policy =
      awsManagedPolicy(arn) ?? (await customerPolicy(this.#storage, accountId, arn))?.body;
    return policy && compiledManagedPolicy(policy);
  }
}

const none: readonly CompiledPolicy[] = [];

/** Stands for a managed policy that was deleted since: it could have been a Deny. */
const deniesAll = compiledSessionPolicy(
  '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}',
);
