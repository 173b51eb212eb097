/**
 * The audit trail as CloudTrail's LookupEvents has it, newest first and bounded.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
import type { LookupEventsCommandInput } from "@aws-sdk/client-cloudtrail";
import { aws } from "../aws.ts";
import { clearProgress, showProgress } from "../terminal/progress.ts";

/** What is read of CloudTrail's record of a request. */
export interface TrailEvent {
  readonly eventTime: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly awsRegion: string;
  readonly recipientAccountId?: string;
  readonly eventID: string;
  readonly requestID?: string;
  readonly sourceIPAddress?: string;
  readonly userAgent?: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly userIdentity: {
    readonly type: string;
    readonly arn?: string;
    readonly principalId?: string;
    readonly accountId?: string;
    /** The service that asked for the caller. */
    readonly invokedBy?: string;
    readonly sessionContext?: {
      readonly sessionIssuer?: { readonly arn?: string };
      readonly attributes?: { readonly creationDate?: string };
    };
  };
  readonly requestParameters?: Readonly<Record<string, unknown>> | null;
  readonly additionalEventData?: { readonly encodedAuthorizationMessage?: string };
  readonly resources?: readonly { readonly ARN?: string }[];
}

export interface Lookup {
  /** How many events are read at most: CloudTrail answers two lookups a second, of 50 events. */
  readonly eventsMax: number;
  readonly from?: Date;
  /** The environment's by default. */
  readonly region?: string;
  readonly attribute?: { readonly key: "EventId" | "EventSource"; readonly value: string };
  /** What the progress line calls it. */
  readonly purpose: string;
}

/** The events one by one; the generator's value tells whether the bound cut the trail off. */
export async function* trail(lookup: Lookup): AsyncGenerator<TrailEvent, { isWhole: boolean }> {
  const { eventsMax, from, region, attribute, purpose } = lookup;
  const cloudTrail = await aws.cloudTrail(region);
  const input: LookupEventsCommandInput = {
    MaxResults: 50,
    ...(from !== undefined && { StartTime: from }),
    ...(attribute !== undefined && {
      LookupAttributes: [{ AttributeKey: attribute.key, AttributeValue: attribute.value }],
    }),
  };
  let read = 0;
  try {
    for (;;) {
      showProgress(`${purpose}: ${read} events read`);
      const { Events = [], NextToken } = await cloudTrail.lookupEvents(input);
      for (const { CloudTrailEvent } of Events) {
        if (CloudTrailEvent !== undefined) yield JSON.parse(CloudTrailEvent);
      }
      read += Events.length;
      if (NextToken === undefined) return { isWhole: true };
      if (read >= eventsMax) return { isWhole: false };
      input.NextToken = NextToken;
    }
  } finally {
    clearProgress();
  }
}
