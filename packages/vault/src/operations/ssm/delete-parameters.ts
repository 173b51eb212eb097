/** DeleteParameters: up to ten at once. One name that the caller may not delete denies the call. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { parameterNames } from "./members.ts";

export const deleteParameters = operation({
  name: "DeleteParameters",
  isReadOnly: false,
  input: structure({ Names: required(parameterNames) }),

  async permit({ Names }, call) {
    const { parameters } = call.vault;
    const names = [...new Set(Names)];
    const located = await Promise.all(
      names.map(async (name) => parameters.locateByName(call.scope, name)),
    );
    return located.map((parameter) => call.authorize("ssm:DeleteParameters", parameter));
  },

  async run(_input, permits, call) {
    const isDeleted = await call.vault.parameters.deleteMany(permits);
    const names = permits.map(({ resource }) => resource.named.name);
    const deletedParameters = names.filter((_, at) => isDeleted[at] === true);
    const invalidParameters = names.filter((_, at) => isDeleted[at] === false);
    call.notes.responseElements = { deletedParameters, invalidParameters };
    return { DeletedParameters: deletedParameters, InvalidParameters: invalidParameters };
  },
});
