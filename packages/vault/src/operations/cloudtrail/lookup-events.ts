/**
 * Finds events of the caller's account and region, newest first.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
import type { AuditEvent } from "../../audit/event.ts";
import { usernameOf } from "../../audit/line.ts";
import { eventSourceOf, renderRecord } from "../../audit/render.ts";
import { resourceTypeOf } from "../../audit/resource-type.ts";
import { ApiError } from "../../errors.ts";
import { integer, list, required, string, structure, timestamp } from "../../shapes/shapes.ts";
import { type Call, operation } from "../operation.ts";

const resultsMax = 50;

export const lookupEvents = operation({
  name: "LookupEvents",
  isReadOnly: true,
  input: structure({
    LookupAttributes: list(
      structure({
        AttributeKey: required(
          string({
            enum: [
              "EventId",
              "EventName",
              "ReadOnly",
              "Username",
              "ResourceType",
              "ResourceName",
              "EventSource",
              "AccessKeyId",
            ],
          }),
        ),
        AttributeValue: required(string({ min: 1, max: 2000 })),
      }),
    ),
    StartTime: timestamp(),
    EndTime: timestamp(),
    MaxResults: integer(),
    NextToken: string(),
    EventCategory: string({ enum: ["insight"] }),
  }),

  permit(_input, call) {
    const { accountId } = call.scope;
    return call.authorize("cloudtrail:LookupEvents", {
      arn: "*",
      accountId,
      tags: {},
      nameInDenials: "",
    });
  },

  async run(input, _permit, call) {
    const { LookupAttributes = [], StartTime, EndTime, MaxResults, NextToken } = input;
    const [attribute, ...others] = LookupAttributes;
    if (others.length > 0) {
      throw refusal(
        "InvalidLookupAttributesException",
        "You can only specify one lookup attribute.",
      );
    }
    if (StartTime !== undefined && EndTime !== undefined && StartTime > EndTime) {
      throw refusal("InvalidTimeRangeException", "The start time must be before the end time.");
    }
    const limit = MaxResults ?? resultsMax;
    if (limit < 1 || limit > resultsMax) {
      throw refusal("InvalidMaxResultsException", `Specify max results from 1 to ${resultsMax}.`);
    }
    // There are management events only: an account without Insights has none of the others.
    if (input.EventCategory === "insight") return { Events: [] };

    const { accountId, region } = call.scope;
    const narrowing = {
      accountId,
      region,
      from: StartTime,
      // Event times are whole seconds: the last one is meant to its end.
      until: EndTime && EndTime + 999,
      attribute: attribute && { key: attribute.AttributeKey, value: attribute.AttributeValue },
    };
    const page = await call.vault.auditLog.query({
      ...narrowing,
      limit,
      before: await opened(NextToken, narrowing, call),
    });
    return {
      Events: page.events.map(eventOutput),
      NextToken:
        page.next && (await call.vault.pageTokens.seal(kind, binding(narrowing), page.next)),
    };
  },
});

const kind = "LookupEvents";

/** A token goes on only with the lookup that gave it. */
function binding(narrowing: object): string {
  return JSON.stringify(narrowing);
}

async function opened(
  token: string | undefined,
  narrowing: object,
  { vault }: Call,
): Promise<string | undefined> {
  if (token === undefined) return undefined;
  const position = await vault.pageTokens.open(kind, binding(narrowing), token);
  if (position !== undefined) return position;
  const message =
    "The next token is not valid, or was used in a request with different parameters.";
  throw refusal("InvalidNextTokenException", message);
}

function eventOutput(event: AuditEvent) {
  return {
    EventId: event.eventId,
    EventName: event.operation,
    ReadOnly: String(event.isReadOnly),
    AccessKeyId: event.accessKeyId === "" ? undefined : event.accessKeyId,
    EventTime: new Date(event.time - (event.time % 1000)),
    EventSource: eventSourceOf(event),
    Username: event.identity && usernameOf(event.identity),
    Resources: event.resources.map((arn) => ({
      ResourceType: resourceTypeOf(arn),
      ResourceName: arn,
    })),
    CloudTrailEvent: JSON.stringify(renderRecord(event)),
  };
}

function refusal(code: string, message: string): ApiError {
  return new ApiError(code, message);
}
