/**
 * For tests of bad input: signed requests with any headers and bytes, which no SDK would send,
 * and replies as they came.
 */
import { Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { type Keys as Credentials, independent } from "../../src/authentication/signers.fixture.ts";

import type { Service } from "../../src/operations/operation.ts";
import type { TestVault } from "../../src/testing/index.ts";

export type { Credentials };

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The error's, as the caller's protocol spells it; "" in a reply that is no error. */
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
}

interface RawRequest {
  /** The service of the credential scope. */
  readonly service: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly region?: string;
}

const millisecondsMax = 10_000;

export class RawHttp {
  readonly #vault: TestVault;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });

  constructor(vault: TestVault) {
    this.#vault = vault;
  }

  close(): void {
    this.#agent.destroy();
  }

  /** An AWS JSON request with any body. */
  json(
    { name, targetPrefixes }: Service,
    operation: string,
    body: string,
    credentials?: Credentials,
  ) {
    return this.signed(
      {
        service: name,
        body,
        headers: {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": `${targetPrefixes[0]}${operation}`,
        },
      },
      credentials,
    );
  }

  /** An AWS Query request with any form. */
  form({ name }: Service, form: string, credentials?: Credentials) {
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    return this.signed({ service: name, body: form, headers }, credentials);
  }

  /** Signed by a signer that is not ours; as the account root unless it is somebody else. */
  async signed(
    { body, headers = {}, method = "POST", ...rest }: RawRequest,
    credentials: Credentials = this.#vault.credentials,
  ): Promise<Reply> {
    // The signer takes text: what is no UTF-8 is signed by its hash.
    const at = this.#vault.clock.now();
    const unsigned = { ...rest, method, headers, path: "/", at, body: body as string };
    const { target, headers: signed } = await independent.sign(unsigned, credentials);
    return this.send(method, target, signed as Record<string, string>, body);
  }

  /** As it is: fails where there is no reply within ten seconds. */
  send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string | Buffer,
  ): Promise<Reply> {
    const { hostname, port } = new URL(this.#vault.url);
    const options = { hostname, port, method, path, headers, agent: this.#agent };
    return new Promise((resolve, reject) => {
      const sent = httpRequest({ ...options, timeout: millisecondsMax }, async (reply) => {
        const text = Buffer.concat(await reply.toArray()).toString();
        resolve(readReply(reply.statusCode ?? 0, reply.headers, text));
      });
      sent.on("timeout", () => sent.destroy(new Error("no reply in time")));
      sent.on("error", reject);
      sent.end(body);
    });
  }
}

function readReply(status: number, headers: IncomingHttpHeaders, text: string): Reply {
  const requestId = String(headers["x-amzn-requestid"] ?? "");
  return { status, headers, text, requestId, ...readError(status, headers, text) };
}

/** Throws unless a JSON reply is JSON. */
function readError(status: number, headers: IncomingHttpHeaders, text: string) {
  if (headers["content-type"] === "text/xml") {
    const [, code = "", message = ""] =
      /<Code>([^<]*)<\/Code>(?:<Message>([^<]*)<\/Message>)?/.exec(text) ?? [];
    return { code, message: message.replace(/&(?:amp|lt|gt|quot|apos);/g, plain) };
  }
  const parsed = text === "" ? {} : (JSON.parse(text) as Record<string, string>);
  if (status === 200) return { code: "", message: "" };
  return { code: parsed.__type ?? "", message: parsed.message ?? parsed.Message ?? "" };
}

function plain(entity: string): string {
  return { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'" }[entity] ?? entity;
}
