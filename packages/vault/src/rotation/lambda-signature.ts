/**
 * SigV4 for a request to AWS's Lambda: the one service of AWS's that the vault itself is a client of.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHmac, hash } from "node:crypto";

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface Unsigned {
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly keys: AwsCredentials;
  readonly region: string;
  /** By the clock of the world: AWS compares it with its own. */
  readonly now?: number;
}

/** The headers, with the signature over all of them, the address and the body. */
export function signedHeaders(request: Unsigned): Record<string, string> {
  const { url, body, keys, region, now = Date.now() } = request;
  const { host, pathname, search } = new URL(url);
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const payloadHash = hash("sha256", body, "hex");
  const headers: Record<string, string> = {
    ...request.headers,
    host,
    "x-amz-date": time,
    ...(keys.sessionToken !== undefined && { "x-amz-security-token": keys.sessionToken }),
  };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]?.trim()}\n`).join("");
  const signed = names.join(";");
  // Every service but S3 has each part of the path encoded once more.
  const path = pathname.split("/").map(encodeURIComponent).join("/");
  const canonical = ["POST", path, search.slice(1), lines, signed, payloadHash].join("\n");
  const scope = `${time.slice(0, 8)}/${region}/lambda/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash("sha256", canonical, "hex")}`;
  let key: Buffer = Buffer.from(`AWS4${keys.secretAccessKey}`);
  for (const part of scope.split("/")) key = createHmac("sha256", key).update(part).digest();
  const signature = createHmac("sha256", key).update(toSign).digest("hex");
  const credential = `${keys.accessKeyId}/${scope}`;
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signed}, Signature=${signature}`,
  };
}
