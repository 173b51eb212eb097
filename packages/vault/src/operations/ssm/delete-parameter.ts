/** DeleteParameter: the parameter and all its versions, at once and for good. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { parameterName } from "./members.ts";

export const deleteParameter = operation({
  name: "DeleteParameter",
  isReadOnly: false,
  input: structure({ Name: required(parameterName) }),

  async permit({ Name }, call) {
    const parameter = await call.vault.parameters.locateByName(call.scope, Name);
    return call.authorize("ssm:DeleteParameter", parameter);
  },

  async run(_input, permit, call) {
    await call.vault.parameters.delete(permit);
    return {};
  },
});
