/** Requests signed once and sent again and again: a load generator must not cost what it measures. */
import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";

export interface SignedRequest {
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface Signing {
  readonly url: string;
  readonly service: string;
  readonly target: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** An AWS JSON 1.1 request as the SDKs send it. Valid for five minutes. */
export async function signedRequest(signing: Signing, input: unknown): Promise<SignedRequest> {
  const { accessKeyId, secretAccessKey, service, target } = signing;
  const body = JSON.stringify(input);
  const { host, hostname, port } = new URL(signing.url);
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey },
    region: "us-east-1",
    service,
    sha256: NodeSha256,
  });
  const { headers } = await signer.sign({
    method: "POST",
    protocol: "http:",
    hostname,
    port: Number(port),
    path: "/",
    query: {},
    headers: {
      host,
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": target,
      "user-agent": "aws-sdk-js/3.1162.0 ua/2.1 os/linux lang/js md/nodejs#26.10.0",
    },
    body,
  });
  return { headers, body };
}

/** SHA-256 in the form that the signer asks for. */
class NodeSha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined ? createHash("sha256") : createHmac("sha256", secret as Uint8Array);
  }

  update(data: Uint8Array | string): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}
