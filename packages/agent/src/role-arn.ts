/** ARNs of roles: what is read from them. */

export interface RoleArn {
  readonly accountId: string;
  /** The last part; the path before it names no role. */
  readonly name: string;
}

const pattern = /^arn:[\w-]+:iam::(\d{12}):role\/(?:[!-~]*\/)?([\w+=,.@-]{1,64})$/;

/** Throws a RangeError for anything else. */
export function parseRoleArn(arn: string): RoleArn {
  const [, accountId, name] = pattern.exec(arn) ?? [];
  if (accountId === undefined || name === undefined) {
    throw new RangeError(`'${arn}' is not the ARN of a role`);
  }
  return { accountId, name };
}
