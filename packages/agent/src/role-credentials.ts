/**
 * Temporary credentials of one role. The secret access key and the session token are private
 * fields, so that logging, JSON and inspection can't show them: only `reveal()` does.
 */
import { parseRoleArn } from "./role-arn.ts";

interface Issued {
  readonly roleArn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since the epoch, both. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** What the replies of AWS's endpoints have in common, in their words. */
export interface RevealedCredentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
  readonly Expiration: string;
}

export class RoleCredentials {
  readonly roleArn: string;
  readonly roleName: string;
  readonly accountId: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly #accessKeyId: string;
  readonly #secretAccessKey: string;
  readonly #sessionToken: string;

  constructor(issued: Issued) {
    const { accountId, name } = parseRoleArn(issued.roleArn);
    this.roleArn = issued.roleArn;
    this.roleName = name;
    this.accountId = accountId;
    this.issuedAt = issued.issuedAt;
    this.expiresAt = issued.expiresAt;
    this.#accessKeyId = issued.accessKeyId;
    this.#secretAccessKey = issued.secretAccessKey;
    this.#sessionToken = issued.sessionToken;
  }

  reveal(): RevealedCredentials {
    return {
      AccessKeyId: this.#accessKeyId,
      SecretAccessKey: this.#secretAccessKey,
      Token: this.#sessionToken,
      Expiration: inSeconds(this.expiresAt),
    };
  }
}

/** As AWS writes times here: botocore can't read one with a fraction. */
export function inSeconds(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}
