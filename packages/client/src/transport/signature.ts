/** Signature Version 4, by aws4, which is loaded with the first request. */
import type { Credentials } from "../credentials/credentials.ts";
import type { HttpRequest } from "./exchange.ts";

export interface Signing {
  /** As credential scopes have it: "ssm", "claviger". */
  readonly service: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly date: Date;
}

/** The request with the headers that sign it. */
export async function signed(request: HttpRequest, signing: Signing): Promise<HttpRequest> {
  const { method, url, body = "" } = request;
  const { service, region, credentials, date } = signing;
  const { sign } = (await import("aws4")).default;
  const { headers = {} } = sign(
    {
      service,
      region,
      method,
      path: url.pathname + url.search,
      headers: { ...request.headers, Host: url.host, "X-Amz-Date": basicFormat(date) },
      body,
    },
    {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey,
      ...(credentials.sessionToken && { sessionToken: credentials.sessionToken }),
    },
  );
  // Whoever sends the request writes these two, and writes the same.
  const { Host: _host, "Content-Length": _length, ...rest } = headers;
  return { ...request, headers: rest as Record<string, string> };
}

/** 20261231T235959Z */
function basicFormat(date: Date): string {
  return date.toISOString().replace(/[:-]|\.\d{3}/g, "");
}
