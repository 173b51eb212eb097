/**
 * Hard dotenv files, by what is hard about them. What each must read as is not written here: the
 * `dotenv` package says it. Where claviger differs, `differences` says how, and the guide why.
 */
import { comments } from "./comments.ts";
import { escapes } from "./escapes.ts";
import { lineEnds } from "./line-ends.ts";
import { names } from "./names.ts";
import { quotes } from "./quotes.ts";
import { realFiles } from "./real-files.ts";
import { spaces } from "./spaces.ts";

export { differences } from "./differences.ts";

export const corpus: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  quotes,
  comments,
  spaces,
  "line ends": lineEnds,
  escapes,
  names,
  "real files": realFiles,
};
