/** Roles assumed at STS, which speaks AWS Query: a form goes in, XML comes out. */
import { ClockOffset } from "../transport/clock-offset.ts";
import { endpointOf, type Place } from "../transport/endpoints.ts";
import { exchange, type HttpReply, type HttpRequest, unreadable } from "../transport/exchange.ts";
import { serviceFailure } from "../transport/failures.ts";
import { signed } from "../transport/signature.ts";
import { type Credentials, expirationOf } from "./credentials.ts";

export interface AssumedRole {
  readonly roleArn: string;
  readonly roleSessionName: string | undefined;
  /** Where STS is. */
  readonly place: Place;
}

const timeoutMilliseconds = 5000;
/** One clock for all: a correction of this machine's holds until the next. */
const clock = new ClockOffset();

export async function assumeRole(
  source: Credentials,
  role: AssumedRole & {
    readonly externalId: string | undefined;
    readonly durationSeconds: string | undefined;
  },
): Promise<Credentials> {
  const { externalId: ExternalId, durationSeconds: DurationSeconds } = role;
  const request = requestFor("AssumeRole", role, { ExternalId, DurationSeconds });
  const { region } = role.place;
  for (let mayMendClock = true; ; mayMendClock = false) {
    const date = clock.now();
    const signing = { service: "sts", region, credentials: source, date };
    const reply = await exchange(await signed(request, signing), { timeoutMilliseconds });
    const dateHeader = reply.headers.get("date");
    const isMended = mayMendClock && clock.corrects(codeIn(reply), dateHeader, date);
    if (!isMended) return credentialsOf(reply);
  }
}

export async function assumeRoleWithWebIdentity(
  role: AssumedRole & { readonly webIdentityToken: string },
): Promise<Credentials> {
  const { webIdentityToken: WebIdentityToken } = role;
  const request = requestFor("AssumeRoleWithWebIdentity", role, { WebIdentityToken });
  return credentialsOf(await exchange(request, { timeoutMilliseconds }));
}

function requestFor(
  action: string,
  { roleArn, roleSessionName, place }: AssumedRole,
  others: Readonly<Record<string, string | undefined>>,
): HttpRequest {
  const form = new URLSearchParams({
    Action: action,
    Version: "2011-06-15",
    RoleArn: roleArn,
    RoleSessionName: roleSessionName ?? `claviger-client-${Date.now()}`,
  });
  for (const [name, value] of Object.entries(others)) if (value) form.set(name, value);
  return {
    method: "POST",
    url: endpointOf("sts", place).url,
    headers: { "Content-Type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: form.toString(),
  };
}

function credentialsOf(reply: HttpReply): Credentials {
  const { status, headers, text } = reply;
  if (status !== 200) {
    const code = codeIn(reply);
    // Without a code it is not STS that has answered.
    if (code === "") throw unreadable(`STS's reply (status ${status}) names no error of AWS's`);
    const message = `${code}: ${elementIn(text, "Message") ?? ""}`;
    const isElsewhere = code === "IDPCommunicationError";
    const retryAfter = headers.get("retry-after");
    throw serviceFailure({ code, message, status: isElsewhere ? 503 : status, retryAfter });
  }
  const accessKeyId = elementIn(text, "AccessKeyId");
  const secretAccessKey = elementIn(text, "SecretAccessKey");
  const sessionToken = elementIn(text, "SessionToken");
  const expiration = elementIn(text, "Expiration");
  if (!accessKeyId || !secretAccessKey || !sessionToken || !expiration) {
    throw unreadable("STS did not answer with credentials");
  }
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken,
    expiration: expirationOf(expiration, "STS"),
  };
}

function codeIn({ text }: HttpReply): string {
  return /^\w[\w.]*$/.exec(elementIn(text, "Code") ?? "")?.[0] ?? "";
}

/** Of the names that are asked for, each stands once in a reply, and none has elements in it. */
function elementIn(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replace(/&(amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);/g, (_, entity: string) =>
    entity.startsWith("#")
      ? String.fromCodePoint(Number(entity.replace("#x", "0x").replace("#", "")))
      : (entities[entity] ?? ""),
  );
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};
