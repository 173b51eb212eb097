/**
 * Random passwords: every password that a recipe allows is equally likely. One that lacks a
 * required type is thrown away whole and drawn again. Putting the missing character in afterwards,
 * as is often done, would make some passwords likelier than others.
 */
import type { Randomness } from "../clock.ts";
import { invalidParameter } from "./errors.ts";
import { uniformText } from "./uniform.ts";

export interface PasswordRecipe {
  readonly length: number;
  readonly excludedCharacters: string;
  readonly excludedTypes: ReadonlySet<CharacterType>;
  /** A space may come up then, and is never required. */
  readonly isSpaceIncluded: boolean;
  readonly isEachTypeRequired: boolean;
}

export type CharacterType = "lowercase" | "uppercase" | "numbers" | "punctuation";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html */
const charactersOf: Readonly<Record<CharacterType, string>> = {
  lowercase: "abcdefghijklmnopqrstuvwxyz",
  uppercase: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numbers: "0123456789",
  punctuation: "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
};

/** Throws InvalidParameterException for a recipe that no password can follow. */
export function randomPassword(randomness: Randomness, recipe: PasswordRecipe): string {
  const excluded = new Set(recipe.excludedCharacters);
  const included = Object.entries(charactersOf)
    .filter(([type]) => !recipe.excludedTypes.has(type as CharacterType))
    .map(([, characters]) => without(excluded, characters));
  const required = recipe.isEachTypeRequired ? included : [];
  const alphabet = included.join("") + (recipe.isSpaceIncluded ? without(excluded, " ") : "");
  if (required.includes("")) {
    throw invalidParameter("All characters of the desired type have been excluded.");
  }
  if (alphabet === "") throw invalidParameter("All characters have been excluded from selection.");
  if (recipe.length < required.length) {
    throw invalidParameter("Password length is too short based on the required types.");
  }
  // The worst recipe, four characters of four types, three of them down to one character, takes
  // about two thousand draws.
  for (;;) {
    const password = uniformText(randomness, alphabet, recipe.length);
    if (required.every((characters) => hasAny(password, characters))) return password;
  }
}

function without(excluded: ReadonlySet<string>, characters: string): string {
  return [...characters].filter((character) => !excluded.has(character)).join("");
}

function hasAny(password: string, characters: string): boolean {
  return [...password].some((character) => characters.includes(character));
}
