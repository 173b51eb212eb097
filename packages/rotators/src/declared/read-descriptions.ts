/**
 * Reads the descriptions of an operator's rotators file, strictly: what is accepted here can be
 * carried out, and no credential goes where the operator didn't write.
 */
import { isBaseUrl, whatBaseUrlsAre } from "./base-url.ts";
import type { Call, JsonTemplate, KeyDescription } from "./description.ts";
import { descriptionShape } from "./description-shape.ts";
import { DescriptionError, type Members, membersOf } from "./members.ts";
import { hasOtherBraces, placeholdersOf } from "./template.ts";

type Descriptions = Readonly<Record<string, KeyDescription>>;

/** By type. One that has `like` is the ready one of that type but for what it says itself. */
export function readDescriptions(given: unknown, ready: Descriptions): Descriptions {
  return Object.fromEntries(
    Object.entries(membersOf(given, "types")).map(([type, value]) => {
      const at = `types.${type}`;
      if (!/^[A-Z][A-Za-z0-9]{2,63}$/.test(type)) {
        throw new DescriptionError(at, "must be named as AcmeApiKey is: letters and digits");
      }
      if (Object.hasOwn(ready, type)) throw new DescriptionError(at, "is the name of a ready type");
      return [type, readDescription(resolved(membersOf(value, at), ready, at), at)];
    }),
  );
}

/** Throws DescriptionError. */
export function readDescription(value: unknown, at: string): KeyDescription {
  membersOf(value, at);
  descriptionShape(value, at);
  const description = value as KeyDescription;
  checkBaseUrls(description, at);
  checkPlaceholders(description, at);
  checkMeaning(description, at);
  return description;
}

function resolved({ like, ...own }: Members, ready: Descriptions, at: string): unknown {
  if (like === undefined) return own;
  if (typeof like === "string" && Object.hasOwn(ready, like)) {
    const { sites, ...rest } = ready[like] as KeyDescription;
    // With a base URL of its own it is no longer the provider's, whose other sites would be elsewhere.
    return { ...rest, ...(sites && own.baseUrl === undefined && { sites }), ...own };
  }
  throw new DescriptionError(`${at}.like`, "must be a ready type");
}

function checkBaseUrls({ baseUrl, sites = {} }: KeyDescription, at: string): void {
  if (!isBaseUrl(baseUrl)) throw new DescriptionError(`${at}.baseUrl`, whatBaseUrlsAre);
  for (const [name, url] of Object.entries(sites)) {
    if (!isBaseUrl(url)) throw new DescriptionError(`${at}.sites.${name}`, whatBaseUrlsAre);
  }
}

function checkMeaning(description: KeyDescription, at: string): void {
  const { strategy } = description;
  if (
    strategy === "manual" &&
    (description.list === undefined) !== (description.revoke === undefined)
  ) {
    throw new DescriptionError(at, "needs list and revoke together, or none of them");
  }
  if (strategy === "manual" && description.revoke && description.revokeInstructions) {
    throw new DescriptionError(at, "has revokeInstructions, and revoke that does it");
  }
  const { identify, list } = { list: undefined, identify: undefined, ...description };
  if (identify && "byHint" in identify && list?.hint === undefined) {
    throw new DescriptionError(`${at}.identify`, "needs the hint that the list tells");
  }
}

const always = ["name", "version", "dateInAYear", "credential"];
const ofGrace = ["graceSeconds", "graceEndsAt", "graceEndsAtMilliseconds"];

function checkPlaceholders(description: KeyDescription, at: string): void {
  const metadata = Object.keys(description.metadata ?? {}).map((name) => `metadata.${name}`);
  const check = (template: JsonTemplate, where: string, known: readonly string[]) => {
    for (const text of textsIn(template)) {
      const unknown = placeholdersOf(text).find((name) => !isKnown(name, known));
      if (unknown !== undefined) {
        throw new DescriptionError(where, `can't fill in {${unknown}}; known: ${known.join(", ")}`);
      }
      if (hasOtherBraces(text)) {
        throw new DescriptionError(where, "has braces around no placeholder");
      }
    }
  };
  const known = [...always, ...metadata];
  const { copy = undefined } = { copy: undefined, ...description };
  const copied = Object.keys({ ...copy?.values, ...copy?.optionalValues });
  const more: Readonly<Record<string, readonly string[]>> = {
    create: copied.map((name) => `copied.${name}`),
    copy: ["keyId"],
    revoke: ["keyId"],
    roll: description.strategy === "grace" ? ["keyId", ...ofGrace] : ["keyId"],
    set: ["newKey"],
  };
  for (const [name, call] of Object.entries(description)) {
    if (!isCall(call)) continue;
    check(templatesOf(call), `${at}.${name}`, [...known, ...(more[name] ?? [])]);
  }
  check({ ...description.authentication }, `${at}.authentication`, known);
  check(description.baseUrl, `${at}.baseUrl`, metadata);
  check({ ...description.sites }, `${at}.sites`, metadata);
  if (description.strategy === "manual") {
    const { instructions, revokeInstructions = "" } = description;
    check(instructions, `${at}.instructions`, ["name", "version", ...metadata]);
    check(revokeInstructions, `${at}.revokeInstructions`, ["name", "version", ...metadata]);
  }
}

function isCall(member: unknown): member is Call {
  return typeof member === "object" && member !== null && "path" in member;
}

function isKnown(name: string, known: readonly string[]): boolean {
  const isOfCredential = name.startsWith("credential.") && known.includes("credential");
  return isOfCredential || known.includes(name);
}

function templatesOf(call: Call): JsonTemplate {
  const { path, query = {}, headers = {}, json = null, form = {}, multipart = {} } = call;
  const { authentication } = call;
  return [path, query, headers, json, form, multipart, { ...authentication }];
}

function textsIn(template: JsonTemplate): string[] {
  if (typeof template === "string") return [template];
  if (typeof template !== "object" || template === null) return [];
  return Object.values(template).flatMap(textsIn);
}
