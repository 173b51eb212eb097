/** GetParameter: one parameter by name or ARN, perhaps with ":VERSION" or ":LABEL". The hot path. */
import { boolean, required, structure } from "../../shapes/shapes.ts";
import { type Soon, soon } from "../../soon.ts";
import { type Output, operation } from "../operation.ts";
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

  permit: ({ Name }, call) =>
    soon(call.vault.parameters.locate(call.scope, Name), (parameter) =>
      call.authorize("ssm:GetParameter", parameter),
    ),

  run({ WithDecryption }, permit, call): Soon<Output> {
    const secret = secretOutput(call, permit.resource, WithDecryption);
    if (secret !== undefined) return secret.then((Parameter) => ({ Parameter }));
    return soon(call.vault.parameters.read(permit), (read) =>
      soon(parameterOutput(call, read, WithDecryption), (Parameter) => {
        call.notes.versionId = String(read.version);
        return { Parameter };
      }),
    );
  },
});
