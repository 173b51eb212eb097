/** PutParameter: makes a parameter, or with Overwrite its next version. */
import { boolean, required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeKey, locateKey, withInvalidKeyId } from "./key.ts";
import { domainTags, parameterName, parameterType, tagConditions, tags } from "./members.ts";

const input = structure({
  Name: required(parameterName),
  Description: string({ max: 1024 }),
  Value: required(string({ min: 1, max: 32_768, isSensitive: true })),
  Type: parameterType,
  KeyId: string({ min: 1, max: 256, pattern: "^([a-zA-Z0-9:/_-]+)$" }),
  Overwrite: boolean(),
  AllowedPattern: string({ max: 1024 }),
  Tags: tags,
  Tier: string({ enum: ["Standard", "Advanced", "Intelligent-Tiering"] }),
  Policies: string({ min: 1, max: 4096 }),
  DataType: string({ max: 128 }),
});

export const putParameter = operation({
  name: "PutParameter",
  isReadOnly: false,
  input,

  async permit(input, call) {
    const parameter = await call.vault.parameters.locateForPut(call.scope, input.Name);
    const hasPolicies = input.Policies ?? parameter.row?.body.policies;
    const keys = {
      "ssm:Overwrite": String(input.Overwrite ?? false),
      "ssm:Policies": String(hasPolicies !== undefined),
      ...tagConditions(input.Tags),
    };
    const permit = call.authorize("ssm:PutParameter", parameter, keys);
    if ((input.Tags ?? []).length > 0) call.authorize("ssm:AddTagsToResource", parameter, keys);
    return permit;
  },

  async run(input, permit, call) {
    const { arn } = permit.resource;
    const change = {
      value: input.Value,
      type: input.Type,
      keyId: input.KeyId,
      description: input.Description,
      allowedPattern: input.AllowedPattern,
      dataType: input.DataType,
      tier: input.Tier,
      isOverwrite: input.Overwrite ?? false,
      policies: input.Policies,
      tags: domainTags(input.Tags),
      modifiedBy: call.principal.arn,
    };
    const { version, tier } = await withInvalidKeyId(call, () =>
      call.vault.parameters.put(permit, change, async (keyId, tier) => {
        const key = await locateKey(call, keyId);
        // KMS encrypts 4 KB by itself; what may be longer goes under a data key.
        return tier === "Standard"
          ? authorizeKey(call, "kms:Encrypt", key, arn)
          : authorizeKey(call, "kms:GenerateDataKey", key, arn);
      }),
    );
    call.notes.responseElements = { version, tier };
    return { Version: version, Tier: tier };
  },
});
