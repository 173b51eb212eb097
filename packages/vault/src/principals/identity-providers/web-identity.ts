/** A web identity that has been verified: what an account's OIDC provider says of its holder. */
import type { SessionContext } from "../sessions/session.ts";

export interface WebIdentity {
  /** Where the provider is registered. */
  readonly accountId: string;
  /** The ARN of the OIDC provider that the token's issuer is registered as. */
  readonly provider: string;
  /** The issuer without "https://", as condition keys begin: `token.actions.githubusercontent.com`. */
  readonly issuer: string;
  readonly subject: string;
  /** The audience that the provider lists. */
  readonly audience: string;
  /** What trust policies may ask about it: `<issuer>:sub`, `:aud`, `:amr`, `:oaud`. */
  readonly conditionKeys: Readonly<Record<string, string | readonly string[]>>;
  /** What the issuer gives the session. */
  readonly sessionTags: Pick<SessionContext, "tags" | "transitiveTagKeys">;
  readonly sourceIdentity: string | undefined;
}
