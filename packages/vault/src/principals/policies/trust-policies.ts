/**
 * Whom a role's trust policy means: the users and roles that had its ARNs when it was stored
 * (`named-principals.ts`).
 */
import { compilePolicy, principalsNamedBy } from "../../authorization/compile.ts";
import type { PrincipalIds } from "../../authorization/types.ts";
import type { Storage } from "../../storage/storage.ts";
import { invalidPrincipal, quotaExceeded } from "../errors.ts";
import type { Role } from "../records.ts";
import { NamedPrincipals } from "./named-principals.ts";
import { policySize } from "./policy-size.ts";

const charactersMax = 2048;

export class TrustPolicies {
  readonly #named: NamedPrincipals;

  constructor(storage: Storage) {
    this.#named = new NamedPrincipals(storage);
  }

  /**
   * The users and roles that a new trust policy names. Throws IAM's error for a document that
   * can't be stored, be it only because one of them doesn't exist.
   */
  async bind(document: string): Promise<PrincipalIds> {
    compilePolicy(document, "trust");
    if (policySize(document) > charactersMax) throw quotaExceeded("ACLSizePerRole", charactersMax);
    return this.#named.bind(principalsNamedBy(document, "trust"), invalidPrincipal);
  }

  /** The role as IAM shows it: its trust policy has the unique id of each principal that is gone. */
  async shown(role: Role): Promise<Role> {
    const trustPolicy = await this.#named.shownPolicy(role.trustPolicy, role.trustedIds);
    return trustPolicy === role.trustPolicy ? role : { ...role, trustPolicy };
  }
}
