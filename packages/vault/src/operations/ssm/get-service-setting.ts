/** GetServiceSetting: a setting of Parameter Store as it is in this account and region. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { settingId } from "./members.ts";
import { settingOutput } from "./output.ts";

export const getServiceSetting = operation({
  name: "GetServiceSetting",
  isReadOnly: true,
  input: structure({ SettingId: required(settingId) }),

  permit({ SettingId }, call) {
    const setting = call.vault.parameters.settings.locate(call.scope, SettingId);
    return call.authorize("ssm:GetServiceSetting", setting);
  },

  async run(_input, permit, call) {
    const setting = await call.vault.parameters.settings.get(permit);
    return { ServiceSetting: settingOutput(setting) };
  },
});
