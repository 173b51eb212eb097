/**
 * Grant tokens: each names a grant, is another every time, and can be made by nobody else. It is
 * no secret and opens nothing: whoever shows it must be whom the grant means.
 */
import type { Randomness } from "../../clock.ts";
import type { Scope } from "../../scope.ts";
import type { PageTokens } from "../page-tokens.ts";
import { type GrantRecord, grantRow } from "./grant-record.ts";

/** Which grant a token is of; the grant may be gone by now. */
export interface GrantName extends Scope {
  readonly keyId: string;
  readonly grantId: string;
}

const kind = "kms grant token";

export class GrantTokens {
  readonly #tokens: PageTokens;
  readonly #randomness: Randomness;

  constructor(tokens: PageTokens, randomness: Randomness) {
    this.#tokens = tokens;
    this.#randomness = randomness;
  }

  make(grant: GrantRecord): Promise<string> {
    const salt = this.#randomness.bytes(16).toString("hex");
    return this.#tokens.seal(kind, "", `${grantRow(grant, grant.grantId)}/${salt}`);
  }

  /** undefined for what is no token of this vault's. */
  async open(token: string): Promise<GrantName | undefined> {
    const named = await this.#tokens.open(kind, "", token);
    const [accountId = "", region = "", keyId = "", grantId = ""] = named?.split("/") ?? [];
    return named === undefined ? undefined : { accountId, region, keyId, grantId };
  }
}
