/**
 * Session tokens: a session sealed under a key of the vault's own. A token is base64 of
 * format (1 byte) | the token key's number (1 byte) | AES-256-GCM of the session as JSON, and opens on every
 * node of the vault that made it, and nowhere else.
 */
import { createSecretKey, type KeyObject } from "node:crypto";
import { OpenFailed, open, seal } from "../../encryption/seal.ts";
import type { SealedKeys } from "../../keys/ring/sealed-keys.ts";
import { Missing } from "../../storage/storage.ts";
import type { Session } from "./session.ts";
import { packContext, unpackContext } from "./session-context.ts";

/** Tokens of format 1 knew no policies and tags; they lived for hours and are gone. */
const format = 2;
/** The vault's token keys: a rekey begins a new one, and the one before outlives its tokens. */
export const tokenKeys = "session-tokens";
/** The longest that a token lives: GetSessionToken's 36 hours. */
export const tokenMillisecondsMax = 129_600_000;
/** The packed context is the greatest part of a token, and bounded. */
const tokenCharactersMax = 8192;

export interface SealedSession {
  readonly token: string;
  readonly packedPolicySize: number | undefined;
}

interface TokenBody extends Omit<Session, "context"> {
  readonly packed: string;
}

export class SessionTokens {
  readonly #sealedKeys: SealedKeys;
  #newest: { readonly number: number; readonly key: KeyObject } | undefined;

  constructor(sealedKeys: SealedKeys) {
    this.#sealedKeys = sealedKeys;
  }

  /** Throws PackedPolicyTooLarge for more policies and tags than a token carries. */
  async seal({ context, ...session }: Session): Promise<SealedSession> {
    const { packed, percent } = packContext(context);
    const body: TokenBody = { ...session, packed };
    const header = Buffer.from([format, this.#sealedKeys.newest & 0xff]);
    const key = await this.#tokenKey(header[1] ?? 0);
    if (key === undefined) throw new Missing("The newest token key");
    const sealed = seal(key, Buffer.from(JSON.stringify(body)), aad(header));
    const token = Buffer.concat([header, sealed]).toString("base64");
    return { token, packedPolicySize: percent };
  }

  /** The session inside a token, or undefined if this vault did not make the token. */
  async open(token: string): Promise<Session | undefined> {
    if (token.length > tokenCharactersMax) return undefined;
    const bytes = Buffer.from(token, "base64");
    // Node forgives stray characters in base64; a token has exactly one spelling.
    if (bytes.toString("base64") !== token) return undefined;
    const header = bytes.subarray(0, 2);
    const [version, byte] = header;
    const key = version === format && byte !== undefined && (await this.#tokenKey(byte));
    if (!key) return undefined;
    try {
      const opened = open(key, bytes.subarray(2), aad(header));
      const { packed, ...session } = JSON.parse(opened.toString()) as TokenBody;
      return { ...session, context: unpackContext(packed) };
    } catch (error) {
      if (error instanceof OpenFailed) return undefined;
      throw error;
    }
  }

  /** A key is never made because a stranger's token names it. */
  async #tokenKey(byte: number): Promise<KeyObject | undefined> {
    const { newest } = this.#sealedKeys;
    // The newest key whose number ends in this byte: the tokens of any before it are long gone.
    const number = newest - ((newest - byte) & 0xff);
    if (this.#newest?.number === number) return this.#newest.key;
    const secret = await this.#sealedKeys.numbered(tokenKeys, number);
    if (secret === undefined) return undefined;
    const key = createSecretKey(secret);
    if (number === newest) this.#newest = { number, key };
    return key;
  }
}

function aad(header: Buffer): string {
  return `session-token/${header.toString("hex")}`;
}
