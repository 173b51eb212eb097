/** Makes a random password, which is kept nowhere. */
import type { CharacterType } from "../../secrets/password.ts";
import { secretsResource } from "../../secrets/records.ts";
import { boolean, integer, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";

const lengthDefault = 32;

export const getRandomPassword = operation({
  name: "GetRandomPassword",
  isReadOnly: true,
  input: structure({
    PasswordLength: integer({ min: 1, max: 4096 }),
    ExcludeCharacters: string({ min: 0, max: 4096 }),
    ExcludeNumbers: boolean(),
    ExcludePunctuation: boolean(),
    ExcludeUppercase: boolean(),
    ExcludeLowercase: boolean(),
    IncludeSpace: boolean(),
    RequireEachIncludedType: boolean(),
  }),
  permit: (_input, call) =>
    call.authorize("secretsmanager:GetRandomPassword", secretsResource(call.scope)),
  run(input, permit, { vault }) {
    const excludable: readonly [CharacterType, boolean | undefined][] = [
      ["numbers", input.ExcludeNumbers],
      ["punctuation", input.ExcludePunctuation],
      ["uppercase", input.ExcludeUppercase],
      ["lowercase", input.ExcludeLowercase],
    ];
    const excluded = excludable.filter(([, isExcluded]) => isExcluded).map(([type]) => type);
    return {
      RandomPassword: vault.secrets.randomPassword(permit, {
        length: input.PasswordLength ?? lengthDefault,
        excludedCharacters: input.ExcludeCharacters ?? "",
        excludedTypes: new Set(excluded),
        isSpaceIncluded: input.IncludeSpace ?? false,
        isEachTypeRequired: input.RequireEachIncludedType ?? true,
      }),
    };
  },
});
