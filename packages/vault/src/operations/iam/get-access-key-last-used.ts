/**
 * Tells when, where and for which service an access key last signed a request that was recognised.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html
 */
import { accessDenied } from "../../errors.ts";
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { lastUseOfKey } from "./last-uses.ts";
import { accessKeyId, input } from "./members.ts";

export const getAccessKeyLastUsed = operation({
  name: "GetAccessKeyLastUsed",
  isReadOnly: true,
  input: input({ AccessKeyId: required(accessKeyId) }),

  async permit({ AccessKeyId }, call) {
    const { accountId } = call.scope;
    const { users } = call.vault.principals;
    const user = await users.accessKeys.locateUser(accountId, AccessKeyId);
    // A key that isn't there is asked about as if it were somebody's.
    const subject = user ?? { arn: users.under(accountId, "/*").arn, accountId, tags: {} };
    call.authorize("iam:GetAccessKeyLastUsed", subject);
    if (user === undefined) throw unknownKey(call.principal.arn, AccessKeyId);
    return user;
  },

  async run({ AccessKeyId }, user, call) {
    const use = await lastUseOfKey(call, AccessKeyId);
    return {
      UserName: user.row?.body.name,
      AccessKeyLastUsed:
        use === undefined
          ? { ServiceName: "N/A", Region: "N/A" }
          : { LastUsedDate: new Date(use.time), ServiceName: use.service, Region: use.region },
    };
  },
});

/** Whose key it would be isn't known, so AWS refuses even those who may ask about every key. */
function unknownKey(caller: string, keyId: string) {
  return accessDenied(
    `User: ${caller} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key ${keyId}`,
  );
}
