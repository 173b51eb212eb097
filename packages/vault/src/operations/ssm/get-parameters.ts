/** GetParameters: up to ten at once. One name that the caller may not read denies the call. */
import { ApiError } from "../../errors.ts";
import { duplicateNames } from "../../parameters/errors.ts";
import type { ReadVersion } from "../../parameters/parameters.ts";
import { boolean, required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { parameterNames } from "./members.ts";
import { noteReads, parameterOutput } from "./output.ts";

const missing = new Set(["ParameterNotFound", "ParameterVersionNotFound"]);

export const getParameters = operation({
  name: "GetParameters",
  isReadOnly: true,
  input: structure({
    Names: required(parameterNames),
    WithDecryption: boolean(),
  }),

  async permit({ Names }, call) {
    const { parameters } = call.vault;
    const located = await Promise.all(Names.map((name) => parameters.locate(call.scope, name)));
    return located.map((parameter) => call.authorize("ssm:GetParameters", parameter));
  },

  async run({ Names, WithDecryption }, permits, call) {
    if (new Set(Names).size < Names.length) throw duplicateNames();
    const found: ReadVersion[] = [];
    const invalid: string[] = [];
    for (const [at, permit] of permits.entries()) {
      try {
        found.push(await call.vault.parameters.read(permit));
      } catch (error) {
        if (!(error instanceof ApiError) || !missing.has(error.code)) throw error;
        invalid.push(Names[at] ?? "");
      }
    }
    found.sort((one, other) => (one.name < other.name ? -1 : 1));
    const Parameters = [];
    for (const read of found) Parameters.push(await parameterOutput(call, read, WithDecryption));
    noteReads(call, found);
    return { Parameters, InvalidParameters: invalid };
  },
});
