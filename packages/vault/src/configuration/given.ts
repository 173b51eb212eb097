/** A setting as it was given: by its flag, or else by its variable. */
import { type SettingName, settings } from "../settings.ts";

/** undefined where it was given by neither. */
export type Given = (name: SettingName) => string | undefined;

export function settingOf(
  name: "host" | "port" | "data" | "accountId" | "standardParametersMax" | "advancedParametersMax",
  given: Given,
): string {
  return given(name) ?? settings[name].default;
}
