/**
 * For tests: requests signed by two signers that are not ours, as they look after the listener has
 * read them.
 */
import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import aws4 from "aws4";
import type { HttpRequest } from "../message.ts";

/** What a client signs with. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** A request before it is signed. */
export interface Unsigned {
  readonly method: string;
  /** As sent. */
  readonly path: string;
  /** Decoded. */
  readonly query?: Readonly<Record<string, string | string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly service?: string;
  readonly region?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Presigned, with X-Amz-Expires where the signer sends it. */
  readonly expiresIn?: number;
}

export interface Signer {
  readonly name: string;
  sign(request: Unsigned, keys: Keys): Promise<HttpRequest>;
}

/** When tests sign unless they say otherwise. */
export const start = Date.UTC(2026, 0, 1, 12, 0, 0);

/** A request as an SDK sends it, but for what `more` says. */
export function getSecretValue(more: Partial<Unsigned> = {}): Unsigned {
  return {
    method: "POST",
    path: "/",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "secretsmanager.GetSecretValue",
    },
    body: '{"SecretId":"prod/stripe/api"}',
    at: start,
    ...more,
  };
}

/** The request with another value of a header, or without it. */
export function withHeader(
  request: HttpRequest,
  name: string,
  value: string | undefined,
): HttpRequest {
  const { [name]: _, ...headers } = request.headers;
  return { ...request, headers: value === undefined ? headers : { ...headers, [name]: value } };
}

const host = "127.0.0.1:7400";

/** The signer of the AWS SDK for JavaScript. */
export const smithy: Signer = {
  name: "@smithy/signature-v4",
  async sign(unsigned, { sessionToken, ...longTerm }) {
    const signer = new SignatureV4({
      service: unsigned.service ?? "secretsmanager",
      region: unsigned.region ?? "us-east-1",
      credentials: sessionToken === undefined ? longTerm : { ...longTerm, sessionToken },
      sha256: Sha256,
    });
    const { method, path, body } = unsigned;
    const query = { ...unsigned.query };
    const headers = { host, ...unsigned.headers };
    const request = {
      protocol: "http:",
      hostname: "127.0.0.1",
      method,
      path,
      query,
      headers,
      body,
    };
    const signingDate = new Date(unsigned.at);
    const signed =
      unsigned.expiresIn === undefined
        ? await signer.sign(request, { signingDate })
        : await signer.presign(request, { signingDate, expiresIn: unsigned.expiresIn });
    return received(
      method,
      path + queryString(signed.query as Record<string, string | string[]>),
      signed.headers,
      body,
    );
  },
};

export const independent: Signer = {
  name: "aws4",
  async sign(unsigned, keys) {
    const basicDate = new Date(unsigned.at).toISOString().replace(/[:-]|\.\d{3}/g, "");
    const isPresigned = unsigned.expiresIn !== undefined;
    const times = isPresigned
      ? { "X-Amz-Date": basicDate, "X-Amz-Expires": String(unsigned.expiresIn) }
      : {};
    const request = {
      service: unsigned.service ?? "secretsmanager",
      region: unsigned.region ?? "us-east-1",
      method: unsigned.method,
      path: unsigned.path + queryString({ ...unsigned.query, ...times }),
      headers: {
        Host: host,
        ...(isPresigned ? {} : { "X-Amz-Date": basicDate }),
        ...unsigned.headers,
      },
      body: unsigned.body ?? "",
      signQuery: isPresigned,
    };
    const { accessKeyId, secretAccessKey, sessionToken } = keys;
    const { path, headers } = aws4.sign(request, {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken !== undefined && { sessionToken }),
    });
    return received(request.method, path ?? request.path, { ...headers }, request.body);
  },
};

/** As the listener hands a request over: lower-case names, the bytes of values as characters. */
function received(
  method: string,
  target: string,
  headers: Readonly<Record<string, unknown>>,
  body = "",
): HttpRequest {
  const onWire = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    Buffer.from(String(value)).toString("latin1"),
  ]);
  return {
    method,
    target,
    headers: Object.fromEntries(onWire),
    body: Buffer.from(body),
    sourceAddress: "127.0.0.1",
    isSecureTransport: false,
    problem: undefined,
  };
}

function queryString(query: Readonly<Record<string, string | string[]>>): string {
  const parts = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value) => `${percentEncoded(name)}=${percentEncoded(value)}`),
  );
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The hash that @smithy/signature-v4 wants handed in. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined ? createHash("sha256") : createHmac("sha256", secret as Uint8Array);
  }

  update(chunk: Uint8Array | string): void {
    this.#hash.update(chunk);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error("the signer makes a new hash for each digest");
  }
}
