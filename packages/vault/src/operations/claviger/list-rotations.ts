/** Every secret that is rotated or was, with how its newest rotation goes, in pages. */
import { type SecretRecord, secretsResource } from "../../secrets/records.ts";
import { integer, string, structure } from "../../shapes/shapes.ts";
import { type Call, operation } from "../operation.ts";
import { secretKeys } from "../secretsmanager/authorize-secret.ts";
import { rotationOutput } from "./rotation-output.ts";

const maxResultsDefault = 100;

export const listRotations = operation({
  name: "ListRotations",
  isReadOnly: true,
  input: structure({
    MaxResults: integer({ min: 1, max: 100 }),
    NextToken: string({ min: 1, max: 4096 }),
  }),
  permit: (_input, call) => call.authorize("claviger:ListRotations", secretsResource(call.scope)),
  async run({ MaxResults, NextToken }, permit, call) {
    const { rotations, nextToken } = await call.vault.rotationReports.list(permit, {
      maxResults: MaxResults ?? maxResultsDefault,
      nextToken: NextToken,
      mayKnow: (record) => mayDescribe(call, record),
    });
    return { Rotations: rotations.map(rotationOutput), NextToken: nextToken };
  },
});

async function mayDescribe(call: Call, { arn }: SecretRecord): Promise<boolean> {
  const secret = await call.vault.secrets.locate(call.scope, arn);
  const { record } = secret;
  if (record === undefined) return false;
  return call.isAllowed("secretsmanager:DescribeSecret", secret, secretKeys(secret));
}
