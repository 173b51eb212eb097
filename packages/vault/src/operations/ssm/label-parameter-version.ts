/** LabelParameterVersion: attaches labels to a version; from another version they move. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { labels, parameterName, parameterVersion } from "./members.ts";

export const labelParameterVersion = operation({
  name: "LabelParameterVersion",
  isReadOnly: false,
  input: structure({
    Name: required(parameterName),
    ParameterVersion: parameterVersion,
    Labels: required(labels),
  }),

  async permit({ Name }, call) {
    const parameter = await call.vault.parameters.locateByName(call.scope, Name);
    return call.authorize("ssm:LabelParameterVersion", parameter);
  },

  async run({ ParameterVersion, Labels }, permit, call) {
    const { version, invalid } = await call.vault.parameters.label(
      permit,
      ParameterVersion,
      Labels,
    );
    const output = { InvalidLabels: invalid, ParameterVersion: version };
    call.notes.responseElements = responseElements(output);
    return output;
  },
});
