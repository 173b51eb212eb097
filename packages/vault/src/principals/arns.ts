/**
 * The ARNs of IAM and STS. IAM is global: the region is empty. Paths begin and end with "/".
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
 */

export type IamResourceType = "user" | "group" | "role" | "policy" | "instance-profile";

export interface IamArn {
  readonly accountId: string;
  readonly type: IamResourceType;
  readonly path: string;
  readonly name: string;
}

/** `arn:aws:iam::123456789012:role/application/reader` */
export function iamArn(accountId: string, type: IamResourceType, path: string, name: string) {
  return `arn:aws:iam::${accountId}:${type}${path}${name}`;
}

export function rootArn(accountId: string): string {
  return `arn:aws:iam::${accountId}:root`;
}

/** `arn:aws:sts::123456789012:assumed-role/reader/i-0abc`: without the role's path, as on AWS. */
export function assumedRoleArn(accountId: string, roleName: string, sessionName: string): string {
  return `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`;
}

const pattern =
  /^arn:aws:iam::(?<accountId>\d{12}|aws):(?<type>user|group|role|policy|instance-profile)(?<path>\/(?:[!-~]*\/)?)(?<name>[\w+=,.@-]+)$/;

/** The parts of an ARN of one of these types, or undefined if it is none. */
export function parseIamArn(arn: string): IamArn | undefined {
  const parts = pattern.exec(arn)?.groups as IamArn | undefined;
  return parts && { ...parts };
}
