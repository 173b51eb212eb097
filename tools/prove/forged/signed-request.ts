/**
 * Requests signed by hand (SigV4), so that every part of one can be made wrong by itself.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHmac, hash } from "node:crypto";

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface Signing {
  readonly url: string;
  readonly keys: Keys;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly region?: string;
  readonly service?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function signed(signing: Signing): SignedRequest {
  const { url, keys, time, region = "us-east-1", service = "ssm", body } = signing;
  const date = new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const headers: Record<string, string> = {
    ...signing.headers,
    host: new URL(url).host,
    "x-amz-date": date,
    ...(keys.sessionToken !== undefined && { "x-amz-security-token": keys.sessionToken }),
  };
  const names = Object.keys(headers).toSorted();
  const canonical = [
    "POST",
    "/",
    "",
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    hash("sha256", body),
  ].join("\n");
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash("sha256", canonical)}`;
  let key = Buffer.from(`AWS4${keys.secretAccessKey}`);
  for (const part of scope.split("/")) key = createHmac("sha256", key).update(part).digest();
  const signature = createHmac("sha256", key).update(text).digest("hex");
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, ` +
    `SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { headers: { ...headers, authorization }, body };
}

/** What an attacker does who has a good request and changes it. */
export function withHeader(
  request: SignedRequest,
  name: string,
  change: (value: string) => string,
) {
  const value = change(request.headers[name] ?? "");
  return { ...request, headers: { ...request.headers, [name]: value } };
}
