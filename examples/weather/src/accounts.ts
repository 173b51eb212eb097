/**
 * The accounts of the stand-in for a weather provider: what each may call and how often, and its
 * tokens, of which a plan allows two at a time or one alone.
 */
import { randomBytes } from "node:crypto";

export interface Plan {
  readonly name: string;
  readonly endpoints: readonly string[];
  readonly queriesPerSecondMax: number;
  /** How long an answer may be kept by who asked. */
  readonly answersKeepSeconds: number;
  /** With 1 its owner says what the token is, and the one before dies at once. */
  readonly tokensMax: number;
}

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly value: string;
}

export class Account {
  readonly plan: Plan;
  /** Makes, lists and deletes the account's tokens, and can do nothing else. */
  readonly managementKey = made("wxm");
  readonly tokens = new Map<string, Token>();
  billedQueries = 0;
  readonly #byIdempotencyKey = new Map<string, Token>();
  #second = 0;
  #queriesThisSecond = 0;

  constructor(plan: Plan) {
    this.plan = plan;
  }

  /**
   * Undefined where the plan allows no further one. Who asks again with the same key gets the same
   * token, unless that has been deleted since.
   */
  newToken(name: string, idempotencyKey?: string): Token | undefined {
    const known = this.#byIdempotencyKey.get(idempotencyKey ?? "");
    if (known !== undefined && this.tokens.has(known.id)) return known;
    if (this.tokens.size >= this.plan.tokensMax) return undefined;
    const token = this.#add(name, made("wx"));
    if (idempotencyKey !== undefined) this.#byIdempotencyKey.set(idempotencyKey, token);
    return token;
  }

  /** Undefined where the plan allows others beside it. */
  setOnlyToken(value: string): Token | undefined {
    if (this.plan.tokensMax > 1) return undefined;
    this.tokens.clear();
    return this.#add("only", value);
  }

  #add(name: string, value: string): Token {
    const token = { id: made("tok"), name, value };
    this.tokens.set(token.id, token);
    return token;
  }

  isOverLimit(): boolean {
    const second = Math.floor(Date.now() / 1000);
    if (this.#second !== second) {
      this.#second = second;
      this.#queriesThisSecond = 0;
    }
    return ++this.#queriesThisSecond > this.plan.queriesPerSecondMax;
  }
}

function made(kind: string): string {
  return `${kind}_${randomBytes(18).toString("base64url")}`;
}
