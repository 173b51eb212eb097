/** Whose key a value is, by its shape and by the variable that holds it. */
import { shapes as formats } from "./formats.ts";
import type { KeyShape } from "./key-shape.ts";
import { shapes as codeAndClouds } from "./providers/code-and-clouds.ts";
import { shapes as modelsAndTools } from "./providers/models-and-tools.ts";
import { shapes as paymentsAndMail } from "./providers/payments-and-mail.ts";
import { shapes as variables } from "./variables.ts";
import { wordsOf } from "./words.ts";

export interface Recognised {
  readonly shape: KeyShape;
  /** Whether it moves real money or data; undefined where the provider's keys do not say. */
  readonly mode: "live" | "test" | undefined;
}

/** The first that fits: those that the variable decides, then prefixes, then formats. */
export const shapes: readonly KeyShape[] = [
  ...variables,
  ...paymentsAndMail,
  ...codeAndClouds,
  ...modelsAndTools,
  ...formats,
];

/** Far longer values are read from their beginning: no key is, and certificates say what they are. */
const charactersRead = 64 * 1024;

/** undefined where no shape fits. */
export function recognise(variable: string, value: string): Recognised | undefined {
  const name = wordsOf(variable).join("_");
  const text = value.slice(0, charactersRead);
  for (const shape of shapes) {
    if (shape.variable?.test(name) === false) continue;
    const match = shape.pattern.exec(text);
    if (match === null) continue;
    const mode = match.groups?.mode;
    return { shape, mode: mode === "live" || mode === "test" ? mode : undefined };
  }
  return undefined;
}

/** `Stripe secret key`. */
export function titleOf({ title, what }: KeyShape): string {
  return `${title} ${what}`.trim();
}
