/** ResetServiceSetting: gives a setting of Parameter Store its default value again. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { settingId } from "./members.ts";
import { settingOutput } from "./output.ts";

export const resetServiceSetting = operation({
  name: "ResetServiceSetting",
  isReadOnly: false,
  input: structure({ SettingId: required(settingId) }),

  permit({ SettingId }, call) {
    const setting = call.vault.parameters.settings.locate(call.scope, SettingId);
    return call.authorize("ssm:ResetServiceSetting", setting);
  },

  async run(_input, permit, call) {
    const setting = await call.vault.parameters.settings.reset(permit);
    const output = { ServiceSetting: settingOutput(setting) };
    call.notes.responseElements = responseElements(output);
    return output;
  },
});
