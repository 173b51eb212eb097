/** UpdateServiceSetting: gives a setting of Parameter Store a value of the caller's. */
import { required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { settingId } from "./members.ts";

export const updateServiceSetting = operation({
  name: "UpdateServiceSetting",
  isReadOnly: false,
  input: structure({
    SettingId: required(settingId),
    SettingValue: required(string({ min: 1, max: 4096 })),
  }),

  permit({ SettingId }, call) {
    const setting = call.vault.parameters.settings.locate(call.scope, SettingId);
    return call.authorize("ssm:UpdateServiceSetting", setting);
  },

  async run({ SettingValue }, permit, call) {
    await call.vault.parameters.settings.update(permit, SettingValue, call.principal.arn);
    return {};
  },
});
