/** UnlabelParameterVersion: takes labels off a version. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { labels, parameterName, parameterVersion } from "./members.ts";

export const unlabelParameterVersion = operation({
  name: "UnlabelParameterVersion",
  isReadOnly: false,
  input: structure({
    Name: required(parameterName),
    ParameterVersion: required(parameterVersion),
    Labels: required(labels),
  }),

  async permit({ Name }, call) {
    const parameter = await call.vault.parameters.locateByName(call.scope, Name);
    return call.authorize("ssm:UnlabelParameterVersion", parameter);
  },

  async run({ ParameterVersion, Labels }, permit, call) {
    const { removed, invalid } = await call.vault.parameters.unlabel(
      permit,
      ParameterVersion,
      Labels,
    );
    const output = { RemovedLabels: removed, InvalidLabels: invalid };
    call.notes.responseElements = responseElements(output);
    return output;
  },
});
