/**
 * Takes an Authorization header apart in one pass, in time linear in its length. What a client
 * sends differs in its signature only for as long as its key, day and headers are the same, so what
 * stands before the signature is remembered.
 */
import { BoundedCache } from "../../encryption/bounded-cache.ts";

export interface AuthorizationHeader {
  /** The first word. */
  readonly algorithm: string;
  readonly credential: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly signature: string | undefined;
  /** A word after the algorithm is not a key=value pair; what follows it was not read. */
  readonly isMalformed: boolean;
}

/** Strangers may fill it with short ones. */
const knownHeads = new BoundedCache<AuthorizationHeader>(2048);
const knownHeadCharactersMax = 512;

const signatureCharacters = 64;
const signatureKey = " Signature=";

/**
 * Words are separated by commas and blanks, as AWS has it: a blank inside a value ends the value.
 * Of a repeated key the last value counts.
 */
export function parseAuthorizationHeader(value: string): AuthorizationHeader {
  const headCharacters = value.length - signatureCharacters;
  const isUsual =
    value.endsWith(signatureKey, headCharacters) && wordEnd(value, headCharacters) === value.length;
  if (!isUsual || headCharacters > knownHeadCharactersMax) return parse(value);
  const head = value.slice(0, headCharacters);
  let known = knownHeads.get(head);
  if (known === undefined) {
    known = parse(head);
    knownHeads.set(head, known);
  }
  const { algorithm, credential, signedHeaders, isMalformed } = known;
  const signature = value.slice(headCharacters);
  return isMalformed ? known : { algorithm, credential, signedHeaders, signature, isMalformed };
}

function parse(value: string): AuthorizationHeader {
  let credential: string | undefined;
  let signedHeaders: string | undefined;
  let signature: string | undefined;
  let isMalformed = false;
  const algorithmEnd = wordEnd(value, 0);
  for (let at = algorithmEnd; at < value.length; ) {
    const end = wordEnd(value, at);
    if (end === at) {
      at++;
      continue;
    }
    const word = value.slice(at, end);
    const equals = word.indexOf("=");
    if (equals === -1) {
      isMalformed = true;
      break;
    }
    const key = word.slice(0, equals);
    if (key === "Credential") credential = word.slice(equals + 1);
    else if (key === "SignedHeaders") signedHeaders = word.slice(equals + 1);
    else if (key === "Signature") signature = word.slice(equals + 1);
    at = end;
  }
  const algorithm = value.slice(0, algorithmEnd);
  return { algorithm, credential, signedHeaders, signature, isMalformed };
}

const tab = 0x09;
const blank = 0x20;
const comma = 0x2c;

function wordEnd(value: string, from: number): number {
  let at = from;
  for (; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code === comma || code === blank || code === tab) break;
  }
  return at;
}
