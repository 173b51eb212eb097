/** GetParameter: one parameter by name or ARN, perhaps with ":VERSION" or ":LABEL". The hot path. */
import { boolean, required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { parameterName } from "./members.ts";
import { parameterOutput } from "./output.ts";
import { secretOutput } from "./secret-reference.ts";

export const getParameter = operation({
  name: "GetParameter",
  isReadOnly: true,
  input: structure({
    Name: required(parameterName),
    WithDecryption: boolean(),
  }),

  async permit({ Name }, call) {
    const parameter = await call.vault.parameters.locate(call.scope, Name);
    return call.authorize("ssm:GetParameter", parameter);
  },

  async run({ WithDecryption }, permit, call) {
    const secret = await secretOutput(call, permit.resource, WithDecryption);
    if (secret !== undefined) return { Parameter: secret };
    const read = await call.vault.parameters.read(permit);
    const Parameter = await parameterOutput(call, read, WithDecryption);
    call.notes.versionId = String(read.version);
    return { Parameter };
  },
});
