/**
 * Whether a variable holds a secret or plain configuration, and why. What nothing speaks for or
 * against counts as a secret, and says so.
 */
import {
  browserPrefix,
  plainEnds,
  plainKeys,
  publicWords,
  randomEnds,
  secretEnds,
  secretWords,
} from "./name-words.ts";
import { plainness } from "./plain-values.ts";
import { type Recognised, recognise, titleOf } from "./recognise.ts";
import { bitsPerCharacter, weakness } from "./strength.ts";
import { wordsOf } from "./words.ts";

export interface Judgement {
  readonly isSecret: boolean;
  /** A secret only because nothing says that it is none. */
  readonly isDoubtful: boolean;
  /** In words that hold nothing of the value, as all others here. */
  readonly why: string;
  /** `Stripe secret key`, `secret`, `configuration`. */
  readonly what: string;
  /** As in a name: `stripe`; undefined where nobody is recognised. */
  readonly provider: string | undefined;
  /** As in a name: `api_key`; undefined where no shape fits. */
  readonly kind: string | undefined;
  readonly mode: "live" | "test" | undefined;
  readonly warnings: readonly string[];
}

export function judge(variable: string, value: string): Judgement {
  const recognised = recognise(variable, value);
  const verdict = recognised === undefined ? verdictOf(variable, value) : byShape(recognised);
  const { shape, mode } = recognised ?? {};
  return {
    ...verdict,
    what: shape === undefined ? (verdict.isSecret ? "secret" : "configuration") : titleOf(shape),
    provider: shape?.provider || undefined,
    kind: shape?.kind,
    mode,
    warnings:
      verdict.isSecret && !verdict.isDoubtful ? warningsOf(variable, value, recognised) : [],
  };
}

type Verdict = Pick<Judgement, "isSecret" | "isDoubtful" | "why">;

const secret = (why: string): Verdict => ({ isSecret: true, isDoubtful: false, why });
const plain = (why: string): Verdict => ({ isSecret: false, isDoubtful: false, why });
const doubtful: Verdict = {
  isSecret: true,
  isDoubtful: true,
  why: "nothing says that it is none",
};

function byShape({ shape }: Recognised): Verdict {
  const why = `the shape of a ${titleOf(shape)}`;
  return shape.isPublic ? plain(`${why}, which is public`) : secret(why);
}

function verdictOf(variable: string, value: string): Verdict {
  const words = wordsOf(variable);
  const last = words.at(-1) ?? "";
  const plainly = plainness(value);
  if (plainly === "true or false") return plain(plainly);
  if (secretEnds.has(last)) return secret("its name says so");
  if (browserPrefix(variable) !== undefined) return plain("its name says that browsers get it");
  const before = words.at(-2) ?? "";
  const isSiteKey = last === "KEY" && before === "SITE";
  if (isSiteKey || words.some((word) => publicWords.has(word))) return plain("its name says so");
  // Keys with dots in them look like names of hosts, and webhooks are addresses.
  const isNamedKey = secretWords.has(last) && plainly?.startsWith("an address");
  if (plainly !== undefined && !isNamedKey) return plain(plainly);
  if (isRandom(value) && !randomEnds.has(last)) return secret("as random as a key");
  if (last === "KEY" && plainKeys.has(before)) return plain("its name says so");
  if (words.some((word) => secretWords.has(word)) && !plainEnds.has(last)) {
    return secret("its name says so");
  }
  return plainEnds.has(last) && !/\s{2}|[\r\n]/.test(value) ? plain("its name says so") : doubtful;
}

function warningsOf(
  variable: string,
  value: string,
  recognised: Recognised | undefined,
): readonly string[] {
  const prefix = browserPrefix(variable);
  const guessable = guessablePart(value, recognised);
  const weak = guessable && weakness(guessable);
  return [
    ...(prefix === undefined ? [] : [`${prefix} sends it to every browser`]),
    ...(weak ? [weak] : []),
  ];
}

/** What a person chose: the providers' own keys are strong. */
function guessablePart(value: string, recognised: Recognised | undefined): string | undefined {
  if (recognised === undefined) return value;
  const [, inUrl] = /^[^/]*\/\/[^/@]*?:(.*)@/.exec(value) ?? [];
  const [, inPairs] = /(?:^|[;\s])(?:password|pwd)\s*=\s*([^;\s]+)/i.exec(value) ?? [];
  const { kind } = recognised.shape;
  if (kind === "url") return inUrl;
  return kind === "connection_string" ? inPairs : undefined;
}

const randomCharactersMin = 16;
const randomBitsMin = 3;

/** A long piece of letters and digits mixed as nobody writes them. */
function isRandom(value: string): boolean {
  return value
    .split(/[^A-Za-z0-9+=]+/)
    .some(
      (piece) =>
        piece.length >= randomCharactersMin &&
        bitsPerCharacter(piece) >= randomBitsMin &&
        (piece.match(/[a-z][A-Z0-9]|[A-Z][a-z][A-Z0-9]|\d[A-Za-z]/g) ?? []).length >= 3,
    );
}
