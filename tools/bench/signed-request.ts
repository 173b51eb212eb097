/** Requests signed once and sent again and again: a load generator must not cost what it measures. */
import aws4 from "aws4";

export interface SignedRequest {
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface Signing {
  readonly url: string;
  readonly service: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

const agent = "aws-sdk-js/3.1162.0 ua/2.1 os/linux lang/js md/nodejs#26.10.0";

/** An AWS JSON 1.1 request as the SDKs send it. Valid for five minutes. */
export function signedRequest(
  signing: Signing & { readonly target: string },
  input: unknown,
): SignedRequest {
  const headers = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": signing.target,
  };
  return signed(signing, headers, JSON.stringify(input));
}

/** The same in AWS Query, as STS and IAM speak it. */
export function signedForm(
  signing: Signing,
  parameters: Readonly<Record<string, string>>,
): SignedRequest {
  return signed(signing, formHeaders, formOf(parameters));
}

/** For what needs no signature. */
export function unsignedForm(
  url: string,
  parameters: Readonly<Record<string, string>>,
): SignedRequest {
  const body = formOf(parameters);
  const { host } = new URL(url);
  const length = String(Buffer.byteLength(body));
  const headers = { Host: host, ...formHeaders, "User-Agent": agent, "Content-Length": length };
  return { headers, body };
}

/** The bytes of the request, one to a character. */
export function httpBytes({ headers, body }: SignedRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST / HTTP/1.1\r\n${lines.join("")}\r\n${Buffer.from(body).toString("latin1")}`;
}

const formHeaders = { "Content-Type": "application/x-www-form-urlencoded; charset=utf-8" };

function formOf(parameters: Readonly<Record<string, string>>): string {
  return new URLSearchParams({ Version: "2011-06-15", ...parameters }).toString();
}

function signed(
  { url, service, accessKeyId, secretAccessKey, sessionToken }: Signing,
  own: Record<string, string>,
  body: string,
): SignedRequest {
  const { host } = new URL(url);
  const { headers } = aws4.sign(
    {
      service,
      region: "us-east-1",
      method: "POST",
      path: "/",
      headers: { Host: host, ...own, "User-Agent": agent },
      body,
    },
    { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
  );
  return { headers: headers as Record<string, string>, body };
}
