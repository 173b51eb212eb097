/**
 * An administrator: a user with AdministratorAccess, and the role `administrator` that it works as.
 * Made again, what is there stays; a role of that name that isn't this one is never given anything.
 */
import type { IAM } from "@aws-sdk/client-iam";
import { isOneOf } from "../aws-failure.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import type { AccessKey } from "../profiles/profile.ts";

export const administratorRole = "administrator";

const mark = { Key: "made-by", Value: "claviger setup" };

/** The account that the administrator is of. */
export interface AccountPlace {
  readonly partition: string;
  readonly accountId: string;
}

/** Both may do everything; the role trusts whoever in the account may assume roles. */
export async function makeAdministrator(
  iam: IAM,
  { partition, accountId }: AccountPlace,
  UserName: string,
): Promise<{ userArn: string; roleArn: string }> {
  const PolicyArn = `arn:${partition}:iam::aws:policy/AdministratorAccess`;
  const { User } = await unlessThere(iam.createUser({ UserName }), () => iam.getUser({ UserName }));
  await iam.attachUserPolicy({ UserName, PolicyArn });

  const RoleName = administratorRole;
  const { Role } = await unlessThere(
    iam.createRole({
      RoleName,
      Description: "What administrators work as: its credentials are short-lived and may call IAM",
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: {
          Effect: "Allow",
          Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
          Action: "sts:AssumeRole",
        },
      }),
      Tags: [mark],
    }),
    () => ownRole(iam),
  );
  await iam.attachRolePolicy({ RoleName, PolicyArn });
  return { userArn: User?.Arn ?? "", roleArn: Role?.Arn ?? "" };
}

/** A user may have two at a time. */
export async function makeAccessKey(iam: IAM, UserName: string): Promise<AccessKey> {
  try {
    const { AccessKey: made } = await iam.createAccessKey({ UserName });
    return {
      accessKeyId: made?.AccessKeyId ?? "",
      secretAccessKey: made?.SecretAccessKey ?? "",
    };
  } catch (error) {
    if (!isOneOf(error, "LimitExceededException")) throw error;
    throw new CommandFailure(
      `the user ${UserName} has two access keys already, the most that AWS allows`,
      `give another --user, or delete a key that nobody uses: aws iam list-access-keys --user-name ${UserName}`,
      exitCodes.failed,
      { cause: error },
    );
  }
}

async function ownRole(iam: IAM) {
  const found = await iam.getRole({ RoleName: administratorRole });
  const isOwn = found.Role?.Tags?.some(
    ({ Key, Value }) => Key === mark.Key && Value === mark.Value,
  );
  if (isOwn) return found;
  throw new CommandFailure(
    `there is a role ${administratorRole} already, and claviger setup did not make it`,
    `if it is meant for administrators: aws iam tag-role --role-name ${administratorRole} --tags Key=${mark.Key},Value='${mark.Value}'`,
  );
}

async function unlessThere<T>(made: Promise<T>, find: () => Promise<T>): Promise<T> {
  try {
    return await made;
  } catch (error) {
    if (!isOneOf(error, "EntityAlreadyExistsException", "EntityAlreadyExists")) throw error;
    return find();
  }
}
