/**
 * The encoded authorization message of a denial: why it was denied, sealed, so that only who may
 * call sts:DecodeAuthorizationMessage learns what the policies say. Nothing is kept for it: the
 * text that the caller was given is all there is.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
 */
import { createSecretKey, type KeyObject } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { PolicyTrace, StatementTrace, Trace } from "../authorization/explain.ts";
import { OpenFailed, open, seal, sealedOverheadBytes } from "../encryption/seal.ts";
import { decodedMessage } from "./decoded-message.ts";
import type { SealedKeys } from "./ring/sealed-keys.ts";

/** A trace as far as a message has room for it. */
export interface ShortTrace extends Trace {
  /** How many statements were left out: first those about other actions. */
  readonly statementsLeftOut: number;
}

export interface AuthorizationMessage {
  /** Whose principal was denied: other accounts may not read it. */
  readonly accountId: string;
  readonly trace: ShortTrace;
  /** AWS's DecodedMessage: JSON, with the trace as a further member. */
  readonly text: string;
}

/** In base64url: about what AWS's own take, and little enough for a header or a log's line. */
const charactersMax = 4096;
const bytesMax = Math.floor((charactersMax * 3) / 4) - sealedOverheadBytes;
/** Of JSON before it is compressed, which makes policies about four times shorter. */
const jsonCharactersMax = 4 * bytesMax;
const valuesMax = 8;
const valueCharactersMax = 256;
const aad = "authorization-message/1";

export class AuthorizationMessages {
  readonly #sealedKeys: SealedKeys;
  #key: KeyObject | undefined;

  constructor(sealedKeys: SealedKeys) {
    this.#sealedKeys = sealedKeys;
  }

  async encode(trace: Trace): Promise<string> {
    return seal(await this.#secret(), compressed(tellable(trace)), aad).toString("base64url");
  }

  /** undefined unless this vault made the message. */
  async decode(text: string): Promise<AuthorizationMessage | undefined> {
    if (text.length > charactersMax) return undefined;
    const sealed = Buffer.from(text, "base64url");
    // Node forgives stray characters; a message has exactly one spelling.
    if (sealed.toString("base64url") !== text) return undefined;
    try {
      const json = inflateRawSync(open(await this.#secret(), sealed, aad)).toString();
      const trace: ShortTrace = JSON.parse(json);
      return { accountId: trace.principal.accountId, trace, text: decodedMessage(trace) };
    } catch (error) {
      if (error instanceof OpenFailed) return undefined;
      throw error;
    }
  }

  async #secret(): Promise<KeyObject> {
    this.#key ??= createSecretKey(await this.#sealedKeys.secret("authorization-messages"));
    return this.#key;
  }
}

/**
 * The caller's account may read the message: what the policy of another account's resource says,
 * be it an external id, is no affair of its. Nor is whether that policy denies or isn't there.
 */
function tellable(trace: Trace): Trace {
  if (trace.resourceAccountId === trace.principal.accountId) return trace;
  return {
    ...trace,
    reason:
      trace.reason === "explicit-deny-in-resource-policy" ? "no-resource-policy" : trace.reason,
    policies: trace.policies.filter(({ kind }) => kind !== "resource"),
  };
}

/** As much of the trace as fits: half as much again where that doesn't compress as expected. */
function compressed(trace: Trace): Buffer {
  for (let room = jsonCharactersMax; ; room /= 2) {
    const bytes = deflateRawSync(JSON.stringify(shortened(trace, room)));
    if (bytes.length <= bytesMax) return bytes;
  }
}

/** The statements that say most are taken first; what is kept stands in the trace's order. */
function shortened(trace: Trace, room: number): ShortTrace {
  const statements = trace.policies.flatMap((policy) =>
    policy.statements.map((each) => ({ each, short: cutStatement(each) })),
  );
  const kept = new Map<StatementTrace, StatementTrace>();
  let left = room;
  for (const { each, short } of statements.toSorted((a, b) => rank(a.each) - rank(b.each))) {
    left -= JSON.stringify(short).length;
    if (left < 0) break;
    kept.set(each, short);
  }
  const policies = trace.policies.flatMap((policy): PolicyTrace[] => {
    const own = policy.statements.flatMap((each) => kept.get(each) ?? []);
    return own.length > 0 ? [{ ...policy, statements: own }] : [];
  });
  return { ...trace, policies, statementsLeftOut: statements.length - kept.size };
}

function rank({ effect, outcome }: StatementTrace): number {
  if (outcome === "applies") return effect === "Deny" ? 0 : 1;
  return outcome === "other-action" ? 3 : 2;
}

function cutStatement(statement: StatementTrace): StatementTrace {
  const { sid, written, conditions } = statement;
  return {
    ...statement,
    sid: sid === undefined ? sid : cutValue(sid),
    written: Object.fromEntries(
      Object.entries(written).map(([element, values]) => [element, cut(values)]),
    ),
    ...(conditions && {
      conditions: conditions.slice(0, valuesMax).map((condition) => ({
        ...condition,
        key: cutValue(condition.key),
        expected: cut(condition.expected),
        actual: condition.actual && cut(condition.actual),
      })),
    }),
  };
}

function cut(values: readonly string[]): readonly string[] {
  const short = values.slice(0, valuesMax).map(cutValue);
  return values.length > valuesMax ? [...short, "…"] : short;
}

function cutValue(value: string): string {
  return value.length > valueCharactersMax ? `${value.slice(0, valueCharactersMax)}…` : value;
}
