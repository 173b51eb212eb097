/** Grants as requests bring them and as replies show them. */
import type { ConditionKeys } from "../../authorization/types.ts";
import { ApiError, validationError } from "../../errors.ts";
import type {
  GrantConstraints,
  GrantPrincipal,
  GrantRecord,
} from "../../keys/grants/grant-record.ts";
import { invalidGrantId } from "../../keys/key-errors.ts";
import type { Call } from "../operation.ts";

export const grantOperations = [
  "Decrypt",
  "Encrypt",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "ReEncryptFrom",
  "ReEncryptTo",
  "Sign",
  "Verify",
  "GetPublicKey",
  "CreateGrant",
  "RetireGrant",
  "DescribeKey",
  "GenerateDataKeyPair",
  "GenerateDataKeyPairWithoutPlaintext",
  "GenerateMac",
  "VerifyMac",
  "DeriveSharedSecret",
] as const;

/** Of a symmetric key. https://docs.aws.amazon.com/kms/latest/developerguide/grants.html */
const ofSymmetricKeys: ReadonlySet<string> = new Set([
  "Decrypt",
  "Encrypt",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "ReEncryptFrom",
  "ReEncryptTo",
  "CreateGrant",
  "RetireGrant",
  "DescribeKey",
  "GenerateDataKeyPair",
  "GenerateDataKeyPairWithoutPlaintext",
]);

const pairsMax = 8;
const valueMax = 384;

const principalForm =
  /^arn:aws:(?:iam::\d{12}:(?:root|(?:user|role)\/.+)|sts::\d{12}:(?:assumed-role\/[^/]+|federated-user)\/[^/]+)$/;

/** Whom an ARN means now. Throws InvalidArnException where that is nobody. */
export async function readPrincipal({ vault }: Call, arn: string): Promise<GrantPrincipal> {
  if (!principalForm.test(arn)) throw invalidPrincipal(arn);
  const ids = await vault.principals.named.bind([arn], invalidPrincipal);
  return { arn, uniqueId: ids[arn] };
}

/** Throws ValidationException for what no grant on a symmetric key can have. */
export function requireGrantable(
  operations: readonly string[],
  constraints: GrantConstraints,
): void {
  const [wrong] = operations.filter((operation) => !ofSymmetricKeys.has(operation));
  if (wrong !== undefined) {
    throw validationError(`Operation ${wrong} is not supported by keys of spec SYMMETRIC_DEFAULT.`);
  }
  if (operations.length === 0) throw validationError("A grant must have at least one operation.");
  if (operations.every((operation) => operation === "CreateGrant")) {
    throw validationError("Grants must not contain only the CreateGrant operation.");
  }
  // An empty one counts, too.
  if (Object.keys(constraints).length > 1)
    throw validationError("More than one constraint supplied");
  for (const pairs of Object.values(constraints)) {
    const values = Object.values<string>(pairs ?? {});
    if (values.length > pairsMax) {
      throw validationError(`A grant constraint takes up to ${pairsMax} encryption context pairs.`);
    }
    if (values.some((value) => value.length > valueMax)) {
      throw validationError(
        `An encryption context value of a grant constraint takes up to ${valueMax} characters.`,
      );
    }
  }
}

/** Throws InvalidGrantIdException. */
export function requireGrantId(grantId: string): void {
  if (!/^[0-9a-f]{64}$/.test(grantId)) throw invalidGrantId();
}

/** No AWS service asks on a caller's behalf here. */
export const notForAwsResource: ConditionKeys = { "kms:GrantIsForAWSResource": "false" };

/** AWS's GrantListEntry: with the unique id of a principal that is gone. */
export async function grantOutput({ vault }: Call, grant: GrantRecord) {
  const { named } = vault.principals;
  const { grantee, retiring, constraints } = grant;
  return {
    KeyId: grant.keyArn,
    GrantId: grant.grantId,
    Name: grant.name ?? "",
    CreationDate: new Date(grant.createdAt),
    GranteePrincipal: await named.shown(grantee.arn, grantee.uniqueId),
    ...(retiring && { RetiringPrincipal: await named.shown(retiring.arn, retiring.uniqueId) }),
    IssuingAccount: `arn:aws:iam::${grant.issuingAccountId}:root`,
    Operations: grant.operations,
    ...(Object.keys(constraints).length > 0 && { Constraints: constraints }),
  };
}

function invalidPrincipal(arn: string): ApiError {
  return new ApiError("InvalidArnException", `ARN does not refer to a valid principal: ${arn}`);
}
