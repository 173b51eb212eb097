/** `claviger policy why`: the trace of a denial and the smallest change that would allow it. */
import { text as readAll } from "node:stream/consumers";
import type { Trace } from "@claviger/vault/authorization";
import { Command } from "commander";
import { aws, globalRegion } from "../aws.ts";
import { CommandFailure } from "../failure.ts";
import { readDecoded } from "../policy/decoded-message.ts";
import { type Pasted, readPasted } from "../policy/denial.ts";
import { questionsOf } from "../policy/event-questions.ts";
import { type Judged, judgeAgain } from "../policy/judge-again.ts";
import { printTrace } from "../policy/print-trace.ts";
import { smallestChange } from "../policy/smallest-change.ts";
import { type TrailEvent, trail } from "../policy/trail.ts";
import { readFormat } from "../terminal/format.ts";

export const whyCommand = new Command("why")
  .description("say why a request was denied, statement by statement, and what would allow it")
  .argument(
    "<REQUEST-ID|MESSAGE>",
    "a request's id, an encoded message, or the whole text of an error; - reads standard input",
  )
  .option("--format <FORMAT>", "text or json", "text")
  .action(async (given: string, flags: { readonly format: string }) => {
    const format = readFormat(flags.format);
    const pasted = readPasted(given === "-" ? await readAll(process.stdin) : given);
    const { trace, notes } = await judgementOf(pasted);
    const changes = smallestChange(trace);
    if (format === "json") {
      process.stdout.write(`${JSON.stringify({ ...trace, changes, notes }, undefined, 2)}\n`);
      return;
    }
    process.stdout.write(printTrace(trace, changes));
    if (notes.length > 0)
      process.stdout.write(`\n${notes.map((each) => `note: ${each}\n`).join("")}`);
  });

function judgementOf(pasted: Pasted): Promise<Judged> {
  switch (pasted.type) {
    case "encoded":
      return decoded(pasted.encoded);
    case "request":
      return ofRequest(pasted.id);
    case "text":
      return judgeAgain([{ ...pasted.denied, keys: {} }], { time: Date.now() });
    case "unknown":
      throw new CommandFailure(
        "that is no denial: neither a request's id, nor an encoded message, nor an error text",
        "paste the whole error, in quotes or through: claviger policy why -",
      );
  }
}

async function decoded(EncodedMessage: string): Promise<Judged> {
  const sts = await aws.sts();
  const { DecodedMessage = "{}" } = await sts.decodeAuthorizationMessage({ EncodedMessage });
  const { denied, keys, trace } = readDecoded(DecodedMessage);
  return trace === undefined
    ? judgeAgain([{ ...denied, keys }], { time: Date.now() })
    : asDecided(trace);
}

function asDecided(trace: Trace & { readonly statementsLeftOut?: number }): Judged {
  const { statementsLeftOut = 0, ...rest } = trace;
  const left = `${statementsLeftOut} more statements did not fit into the message`;
  return { trace: rest, notes: statementsLeftOut > 0 ? [left] : [] };
}

/** A day's work of a busy account; CloudTrail has no way to ask for a request's id. */
const eventsMax = 5000;

async function ofRequest(id: string): Promise<Judged> {
  const event = await findEvent(id);
  const encoded = event.additionalEventData?.encodedAuthorizationMessage;
  if (encoded !== undefined) return decoded(encoded);
  if (!/^AccessDenied|^Client\.Unauthorized/.test(event.errorCode ?? "")) {
    const outcome = event.errorCode === undefined ? "was not denied" : `failed: ${event.errorCode}`;
    throw new CommandFailure(
      `request ${id} (${event.eventName}, ${event.eventTime}) ${outcome}`,
      "give the id of a request that was denied",
    );
  }
  const [question, ...others] = await questionsOf(event);
  if (question === undefined) {
    throw new CommandFailure(
      `the trail doesn't tell what request ${id} (${event.eventName}) was about`,
      "paste the error that the caller got",
    );
  }
  const issuedAt = event.userIdentity.sessionContext?.attributes?.creationDate;
  return judgeAgain([question, ...others], {
    time: Date.parse(event.eventTime),
    region: event.awsRegion,
    sourceAddress: event.sourceIPAddress,
    userAgent: event.userAgent,
    sessionIssuedAt: issuedAt === undefined ? undefined : Date.parse(issuedAt),
  });
}

async function findEvent(id: string): Promise<TrailEvent> {
  const { region: own } = await aws.caller();
  const regions = [...new Set([own, globalRegion])];
  for (const region of regions) {
    const attribute = { key: "EventId", value: id } as const;
    const byEventId = trail({ eventsMax: 1, region, attribute, purpose: "looking for the event" });
    for await (const event of byEventId) return event;
  }
  for (const region of regions) {
    const recent = trail({ eventsMax, region, purpose: `looking for request ${id} in ${region}` });
    for await (const event of recent) if (event.requestID === id) return event;
  }
  throw new CommandFailure(
    `the last ${eventsMax} events of ${regions.join(" and ")} have no request ${id}`,
    "set AWS_REGION to where it was; on AWS an event appears up to 15 minutes after its request",
  );
}
