/** Gives one principal the use of one key, beside the key's policy. It counts at once. */
import { list, required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeKeyById } from "./authorize-key.ts";
import { grantOperations, notForAwsResource, readPrincipal, requireGrantable } from "./grants.ts";
import { dryRun, encryptionContext, grantTokens, keyId, principal } from "./members.ts";
import { requireUsable } from "./use-errors.ts";

const grantedOperations = list(string({ enum: grantOperations }));

export const createGrant = operation({
  name: "CreateGrant",
  isReadOnly: false,
  input: structure({
    KeyId: required(keyId),
    GranteePrincipal: required(principal),
    RetiringPrincipal: principal,
    Operations: required(grantedOperations),
    Constraints: structure({
      EncryptionContextSubset: encryptionContext,
      EncryptionContextEquals: encryptionContext,
    }),
    GrantTokens: grantTokens,
    Name: string({ min: 1, max: 256, pattern: "^[a-zA-Z0-9:/_-]+$" }),
    DryRun: dryRun,
  }),
  permit(input, call) {
    const { Constraints: constraints = {}, Operations, RetiringPrincipal } = input;
    const operations = [...new Set(Operations)];
    requireGrantable(operations, constraints);
    const types = Object.keys(constraints);
    return authorizeKeyById(call, "kms:CreateGrant", input.KeyId, {
      // Policies that ask for an encryption context are asking for the grant's constraint here.
      EncryptionContext: constraints.EncryptionContextEquals ?? constraints.EncryptionContextSubset,
      GrantTokens: input.GrantTokens,
      conditions: {
        ...notForAwsResource,
        "kms:GranteePrincipal": input.GranteePrincipal,
        "kms:GrantOperations": operations,
        ...(RetiringPrincipal !== undefined && { "kms:RetiringPrincipal": RetiringPrincipal }),
        ...(types.length > 0 && { "kms:GrantConstraintType": types }),
      },
      child: { operations, constraints },
    });
  },
  async run(input, permit, call) {
    const { vault, notes } = call;
    const { RetiringPrincipal, Constraints: constraints = {} } = input;
    const grantee = await readPrincipal(call, input.GranteePrincipal);
    const retiring =
      RetiringPrincipal === undefined ? undefined : await readPrincipal(call, RetiringPrincipal);
    requireUsable("CreateGrant", permit.resource, input.DryRun);
    const grant = await vault.keys.grants.create(permit, {
      name: input.Name,
      issuingAccountId: call.scope.accountId,
      grantee,
      retiring,
      operations: [...new Set(input.Operations)],
      constraints,
    });
    const { grantId } = grant;
    notes.responseElements = { grantId, keyId: permit.resource.arn };
    return { GrantId: grantId, GrantToken: await vault.keys.grants.tokens.make(grant) };
  },
});
