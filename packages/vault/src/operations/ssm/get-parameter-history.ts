/** GetParameterHistory: the versions that are kept, oldest first. */
import { boolean, required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { maxResults, nextToken, parameterName } from "./members.ts";
import { readableValue, recordOutput } from "./output.ts";

export const getParameterHistory = operation({
  name: "GetParameterHistory",
  isReadOnly: true,
  input: structure({
    Name: required(parameterName),
    WithDecryption: boolean(),
    MaxResults: maxResults,
    NextToken: nextToken,
  }),

  async permit({ Name }, call) {
    const parameter = await call.vault.parameters.locate(call.scope, Name);
    return call.authorize("ssm:GetParameterHistory", parameter);
  },

  async run(input, permit, call) {
    const page = await call.vault.parameters.history(permit, {
      limit: input.MaxResults ?? 50,
      token: input.NextToken,
    });
    const Parameters = [];
    for (const read of page.items) {
      const Value = await readableValue(call, read, input.WithDecryption);
      const described = recordOutput(call, read.record);
      Parameters.push({ ...described, Name: read.name, Value, Labels: read.labels });
    }
    const versions = page.items.map(({ version }) => version);
    // The versions of a page have no gaps.
    if (versions.length > 0) call.notes.versionId = `${versions[0]}-${versions.at(-1)}`;
    return { Parameters, NextToken: page.nextToken };
  },
});
