/** Requests signed once and sent again and again: a load generator must not cost what it measures. */
import aws4 from "aws4";

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
export function signedRequest(signing: Signing, input: unknown): SignedRequest {
  const { url, service, target, accessKeyId, secretAccessKey } = signing;
  const body = JSON.stringify(input);
  const { headers } = aws4.sign(
    {
      service,
      region: "us-east-1",
      method: "POST",
      path: "/",
      headers: {
        Host: new URL(url).host,
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": target,
        "User-Agent": "aws-sdk-js/3.1162.0 ua/2.1 os/linux lang/js md/nodejs#26.10.0",
      },
      body,
    },
    { accessKeyId, secretAccessKey },
  );
  return { headers: headers as Record<string, string>, body };
}
