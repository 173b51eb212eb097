/** Which headers a signature covers, which it must cover, and how they are written in it. */
import { BoundedCache } from "../../encryption/bounded-cache.ts";
import type { HttpRequest } from "../../message.ts";
import { signatureDoesNotMatch } from "./refusals.ts";

type Headers = HttpRequest["headers"];

/**
 * Host and every x-amz-* header there is must be signed, or whoever forwards a request could
 * turn it into another: the operation is named by X-Amz-Target. Content-Type need not be, as AWS
 * demands it for Amazon S3 alone and some SDKs leave it out.
 */
export function requireSigned(headers: Headers, signedHeaders: string): void {
  const names = namesOf(signedHeaders);
  if (!names.includes("host")) {
    throw mustBeSigned("'Host' or ':authority'");
  }
  for (const name in headers) {
    if (name.startsWith("x-amz-") && headers[name] !== undefined && !names.includes(name)) {
      throw mustBeSigned(`'${name.slice(0, 64)}'`);
    }
  }
}

/** An SDK sends the same list with every request; strangers may fill the cache with short ones. */
const knownLists = new BoundedCache<readonly string[]>(256);
const knownListCharactersMax = 512;

function namesOf(signedHeaders: string): readonly string[] {
  let names = knownLists.get(signedHeaders);
  if (names === undefined) {
    names = signedHeaders.split(";").map(propertyName);
    if (signedHeaders.length <= knownListCharactersMax) knownLists.set(signedHeaders, names);
  }
  return names;
}

/** The same text as engines keep names of properties: a look-up need not search for it each time. */
function propertyName(text: string): string {
  return Object.keys({ [text]: true })[0] as string;
}

function mustBeSigned(what: string) {
  return signatureDoesNotMatch(`${what} must be a 'SignedHeader' in the AWS Authorization.`);
}

/**
 * The canonical headers, each with its newline. undefined if the list isn't one that a signer
 * makes: lower case, ascending, without repetitions, of headers that are there.
 */
export function canonicalHeaders(headers: Headers, signedHeaders: string): string | undefined {
  let canonical = "";
  let previous = "";
  for (const name of namesOf(signedHeaders)) {
    const value = headers[name];
    if (name <= previous || !isHeaderValue(value)) return undefined;
    canonical += `${name}:${canonicalValue(value)}\n`;
    previous = name;
  }
  return canonical;
}

/** A name such as "constructor" finds something in an object that is no header. */
function isHeaderValue(value: unknown): value is string {
  return typeof value === "string";
}

/** Blanks around are cut and runs of them made one. */
function canonicalValue(value: string): string {
  if (!needsTrimming.test(value)) return value;
  return value.replace(/[ \t]+/g, " ").replace(/^ | $/g, "");
}

// Not String.trim: in a header's bytes a no-break space is half of a UTF-8 character.
const needsTrimming = /^ | {2}|\t| $/;
