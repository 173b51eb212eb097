/**
 * The change feed, `GET /changes`: what happens to the caller's secrets and parameters, as it
 * happens. Each event is authorised with the policies of its moment, so a reader whose policies,
 * session or key are taken away hears nothing more.
 */
import type { Resource } from "../../authorization/types.ts";
import type { Judge } from "../../changes/change-feed.ts";
import type { FeedEntry } from "../../changes/entry.ts";
import type { SecretResource } from "../../secrets/records.ts";
import { compileSecretPolicy } from "../../secrets/resource-policies.ts";
import { string, structure } from "../../shapes/shapes.ts";
import { type Call, operation } from "../operation.ts";
import { secretKeys } from "../secretsmanager/authorize-secret.ts";

const action = "claviger:WatchChanges";

export const watchChanges = operation({
  name: "WatchChanges",
  isReadOnly: true,
  http: { path: "/changes", headers: { LastEventId: "last-event-id" } },
  input: structure({ LastEventId: string({ pattern: "[0-9]{1,15}" }) }),
  permit: (_input, call) => call.authorize(action, call.vault.changeFeed.resource(call.scope)),
  run: ({ LastEventId }, permit, call) =>
    call.vault.changeFeed.open(permit, {
      principalArn: call.principal.roleArn ?? call.principal.arn,
      lastEventId: LastEventId === undefined ? undefined : Number(LastEventId),
      judge: () => judgeOf(call),
    }),
});

async function judgeOf(call: Call): Promise<Judge | undefined> {
  const now = await call.renewed();
  const isWatching = now?.isAllowed(action, now.vault.changeFeed.resource(now.scope)) === true;
  return isWatching ? (entry) => mayHear(now, entry) : undefined;
}

async function mayHear(call: Call, entry: FeedEntry): Promise<boolean> {
  if (entry.type === "parameter") {
    return call.isAllowed("ssm:DescribeParameters", await parameterOf(call, entry));
  }
  const secret = await secretOf(call, entry);
  if (secret === undefined) return false;
  return call.isAllowed("secretsmanager:DescribeSecret", secret, secretKeys(secret));
}

/**
 * As it is now, or as it was when it went. Of what is gone by now, and of which it isn't known
 * whether its policy would let the reader hear of it, nothing but its end is told.
 */
async function secretOf(
  { vault, scope }: Call,
  entry: FeedEntry,
): Promise<SecretResource | undefined> {
  const secret = await vault.secrets.locate(scope, entry.arn);
  if (secret.record !== undefined) return secret;
  if (entry.event === "notice") return undefined;
  const { policy, isPolicyBound = false } = entry;
  if (isPolicyBound && policy === undefined) return undefined;
  return {
    ...secret,
    tags: entry.tags,
    ...(policy && { policy: compileSecretPolicy(entry.arn, policy) }),
  };
}

async function parameterOf({ vault, scope }: Call, entry: FeedEntry): Promise<Resource> {
  const parameter = await vault.parameters.locate(scope, entry.arn);
  return parameter.row === undefined ? { ...parameter, tags: entry.tags } : parameter;
}
