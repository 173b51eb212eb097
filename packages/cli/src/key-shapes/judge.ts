/**
 * Whether a variable holds a secret or plain configuration, and why. What nothing speaks for or
 * against counts as a secret, and says so.
 */
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
    warnings: verdict.isSecret ? warningsOf(variable, value, recognised) : [],
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

/** A name that ends so means the value itself, whatever it looks like. */
const secretEnds =
  /^(PASSWORD|PASSWD|PASSPHRASE|PASSCODE|PWD|PASS|PW|SECRET|SECRETS|TOKEN|APIKEY|PIN|SALT|PEPPER|SEED|MNEMONIC|CREDENTIAL|CREDENTIALS)$/;
const secretWords =
  /^(KEYS?|AUTH|PRIVATE|SIGNING|ENCRYPTION|COOKIE|DSN|WEBHOOK|BEARER|CERT|LICENSE|TOKENS|CREDS)$/;
/** Names of such an end hold words and numbers. */
const plainEnds =
  /^(ENV|ENVIRONMENT|LEVEL|MODE|REGION|ZONE|HOST|HOSTNAME|HOSTS|PORT|NAME|USER|USERNAME|DRIVER|DIALECT|FORMAT|LANG|LANGUAGE|LOCALE|TZ|TIMEZONE|TYPE|PROVIDER|BACKEND|DATABASE|DB|SCHEMA|BUCKET|QUEUE|TOPIC|PATH|DIR|FOLDER|FILE|CHANNEL|STAGE|SCHEME|PROTOCOL|DOMAIN|EMAIL|FROM|SENDER|ADDRESS|INDEX|VERSION|PREFIX|SUFFIX|ID|TTL|TIMEOUT|LIMIT|SIZE|COUNT|CURRENCY|COUNTRY|TITLE|THEME|ORIGIN|ORIGINS|ENDPOINT|URL|URI|ALGORITHM|DEBUG|VERBOSE)$/;

function verdictOf(variable: string, value: string): Verdict {
  const words = wordsOf(variable);
  const last = words.at(-1) ?? "";
  const plainly = plainness(value);
  if (plainly === "true or false") return plain(plainly);
  if (secretEnds.test(last)) return secret("its name says so");
  if (browserPrefix(variable) !== undefined) return plain("its name says that browsers get it");
  if (words.includes("PUBLIC") || words.includes("PUBLISHABLE")) return plain("its name says so");
  if (plainly !== undefined) return plain(plainly);
  if (isRandom(value) && last !== "ID") return secret("as random as a key");
  if (words.some((word) => secretWords.test(word)) && !plainEnds.test(last)) {
    return secret("its name says so");
  }
  return plainEnds.test(last) && !/\s{2}|[\r\n]/.test(value) ? plain("its name says so") : doubtful;
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
  if (recognised.shape.kind !== "url") return undefined;
  const [, password = ""] = /^[^/]*\/\/[^/@]*?:(.*)@/.exec(value) ?? [];
  return password;
}

/** Build tools put what begins so into what they send to browsers. */
function browserPrefix(variable: string): string | undefined {
  return /^(NEXT_PUBLIC_|VITE_|REACT_APP_|NUXT_PUBLIC_|EXPO_PUBLIC_|PUBLIC_|GATSBY_|VUE_APP_)/.exec(
    variable,
  )?.[0];
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
