/** For tests of IAM: what a refusal says, what a user signs with, and the smallest policies. */
import type { IAM } from "@aws-sdk/client-iam";

export const account = "123456789012";

/** The members that name a user, group or policy in a reply's list. */
export interface Named {
  readonly UserName?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly PolicyName?: string | undefined;
}

/** Code, message and status; throws where nothing is refused. */
export async function refused(work: Promise<unknown>): Promise<[string, string, number]> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown === undefined) throw new Error("it was allowed");
  const { name, message, $metadata } = thrown as {
    name: string;
    message: string;
    $metadata: { httpStatusCode: number };
  };
  return [name, message, $metadata.httpStatusCode];
}

/** The reply without what the client adds. */
export function body({
  $metadata: _,
  ...members
}: {
  $metadata: unknown;
}): Record<string, unknown> {
  return members;
}

export async function credentialsOf(iam: IAM, UserName: string) {
  const { AccessKey } = await iam.createAccessKey({ UserName });
  const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "" } = AccessKey ?? {};
  return { accessKeyId, secretAccessKey };
}

export function allows(Action: string | readonly string[], Resource = "*"): string {
  const Statement = [{ Effect: "Allow", Action, Resource }];
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

/** Whoever in the account is allowed by policies of its own. */
export const trustsAccount = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: account }, Action: "sts:AssumeRole" }],
});
