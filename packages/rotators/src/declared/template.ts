/**
 * Fills the placeholders of a description: `{name}`, `{metadata.accountId}`. What is filled in
 * stays one segment of a path, one text, one JSON value: it can't change what is around it.
 */
import { RotationFailure } from "../rotator.ts";
import type { JsonTemplate, Template } from "./description.ts";

/** By placeholder, without its braces. */
export type Bindings = Readonly<Record<string, unknown>>;

const placeholder = /\{([A-Za-z]+(?:\.[\w-]+)?)\}/g;

/** Throws RotationFailure where there is nothing to fill in. */
export function fillText(template: Template, bindings: Bindings): string {
  return template.replaceAll(placeholder, (_, name: string) => textOf(name, bindings));
}

export function fillPath(template: Template, bindings: Bindings): string {
  return template.replaceAll(placeholder, (_, name: string) => {
    const value = textOf(name, bindings);
    if (value === "." || value === "..") throw new RotationFailure(`{${name}} can't be in a path.`);
    return encodeURIComponent(value);
  });
}

/** Without the members for which there is nothing. */
export function fillTexts(
  templates: Readonly<Record<string, Template>>,
  bindings: Bindings,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(templates)
      .filter(([, template]) => !isNothing(template, bindings))
      .map(([name, template]) => [name, fillText(template, bindings)]),
  );
}

/** JSON's own types survive, and members for which there is nothing are left out. */
export function fillJson(template: JsonTemplate, bindings: Bindings): unknown {
  if (typeof template === "string") {
    const [alone] = placeholdersOf(template);
    return template === `{${alone}}` ? bindings[alone ?? ""] : fillText(template, bindings);
  }
  if (typeof template !== "object" || template === null) return template;
  if (Array.isArray(template)) return template.map((each) => fillJson(each, bindings));
  return Object.fromEntries(
    Object.entries(template)
      .filter(([, each]) => !isNothing(each, bindings))
      .map(([name, each]) => [name, fillJson(each, bindings)]),
  );
}

export function placeholdersOf(template: Template): string[] {
  return [...template.matchAll(placeholder)].map(([, name = ""]) => name);
}

export function hasOtherBraces(template: Template): boolean {
  return /[{}]/.test(template.replaceAll(placeholder, ""));
}

function isNothing(template: unknown, bindings: Bindings): boolean {
  if (typeof template !== "string") return false;
  const [alone] = placeholdersOf(template);
  return template === `{${alone}}` && (bindings[alone ?? ""] ?? undefined) === undefined;
}

function textOf(name: string, bindings: Bindings): string {
  const value = bindings[name];
  if (typeof value === "number") return String(value);
  if (typeof value === "string" && value !== "") return value;
  throw new RotationFailure(`There is nothing for {${name}}.`);
}
