/** The trail of a whole vault, as LookupEvents gives it through one node. */
import { CloudTrailClient, paginateLookupEvents } from "@aws-sdk/client-cloudtrail";
import type { VaultProcess } from "../../harness/vault-process.ts";
import { clientConfiguration } from "../client-configuration.ts";

/** Request ids of all events since then. */
export async function requestIdsInTrail(
  { environment }: VaultProcess,
  since: Date,
): Promise<Set<string>> {
  const client = new CloudTrailClient(clientConfiguration(environment));
  const found = new Set<string>();
  for await (const { Events = [] } of paginateLookupEvents({ client }, { StartTime: since })) {
    for (const { CloudTrailEvent = "{}" } of Events) {
      found.add(JSON.parse(CloudTrailEvent).requestID);
    }
  }
  client.destroy();
  return found;
}
