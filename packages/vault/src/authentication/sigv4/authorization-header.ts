/** Takes an Authorization header apart in one pass, in time linear in its length. */

export interface AuthorizationHeader {
  /** The first word. */
  readonly algorithm: string;
  readonly credential: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly signature: string | undefined;
  /** A word after the algorithm is not a key=value pair; what follows it was not read. */
  readonly isMalformed: boolean;
}

/**
 * Words are separated by commas and blanks, as AWS has it: a blank inside a value ends the value.
 * Of a repeated key the last value counts.
 */
export function parseAuthorizationHeader(value: string): AuthorizationHeader {
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
