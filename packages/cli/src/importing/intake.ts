/** Writes the items of a plan to the stores, tells how far it is, and reads every one back. */
import { setTimeout as sleep } from "node:timers/promises";
import { awsFailure, isOneOf, isOutage, isThrottled } from "../aws-failure.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import { patienceMilliseconds } from "../stores/copy.ts";
import { withoutValue } from "../stores/failures.ts";
import { printed } from "../stores/reference.ts";
import { clearProgress, showProgress } from "../terminal/progress.ts";
import { readHeld } from "./held.ts";
import type { Item } from "./plan.ts";
import { isHeld } from "./state.ts";
import type { Survey } from "./survey.ts";
import { type Together, together, type WriteFlags, write } from "./write.ts";

/** AWS takes few writes a second, and says so. */
const atATime = 4;
/** Where so many are refused, the next ones would be, too. */
const refusalsMax = 10;

/**
 * All but the unchanged. What is refused does not hold up the others; where nothing answers, or at
 * Ctrl-C, no further one is begun. Then it throws, and says what is in and what is not.
 */
export async function takeIn(survey: Survey, flags: WriteFlags): Promise<void> {
  const waiting = survey.plan.items.filter((item) => survey.states.get(item) !== "unchanged");
  const queue = together(waiting).values();
  const refusals: Refusal[] = [];
  let begun = 0;
  let count = 0;
  let isStopped = false;
  let isInterrupted = false;
  const interrupt = () => {
    isStopped = true;
    isInterrupted = true;
  };
  const work = async () => {
    for (const items of queue) {
      if (isStopped) return;
      begun += items.length;
      showProgress(`writing ${begun} of ${waiting.length}: ${printed(items[0].reference)}`);
      try {
        await patiently(() => write(items, survey, flags));
        count += items.length;
      } catch (error) {
        refusals.push(refusalOf(items, error));
        isStopped ||= isOutage(error) || refusals.length === refusalsMax;
      }
    }
  };
  process.once("SIGINT", interrupt);
  await Promise.all(Array.from({ length: atATime }, work));
  process.off("SIGINT", interrupt);
  clearProgress();
  if (count < waiting.length) throw unfinished(count, waiting.length, refusals, isInterrupted);
}

/** Throws where a store does not give back what the files say. */
export async function verify(items: readonly Item[]): Promise<void> {
  let wrong: readonly Item[] = items;
  for (const milliseconds of patienceMilliseconds) {
    await sleep(milliseconds);
    showProgress(`reading back ${wrong.length}`);
    const held = await readHeld(wrong.map(({ reference }) => reference));
    wrong = wrong.filter((item) => !isHeld(item, held));
    if (wrong.length === 0) break;
  }
  clearProgress();
  const [first] = wrong;
  if (first === undefined) return;
  throw new CommandFailure(
    `${printed(first.reference)} was written, but does not read back as it stands in the file`,
    "the files are as they were; see who else writes it: claviger history",
  );
}

/** The SDK has tried thrice within a second; Parameter Store may take three writes in one. */
async function patiently(write: () => Promise<void>): Promise<void> {
  for (const milliseconds of patienceMilliseconds.slice(1)) {
    try {
      return await write();
    } catch (error) {
      if (!isThrottled(error)) throw error;
      await sleep(milliseconds);
    }
  }
  await write();
}

interface Refusal {
  /** References, as printed. */
  readonly what: string;
  readonly why: string;
  readonly cause: unknown;
}

function refusalOf(together: Together, error: unknown): Refusal {
  const cause = together.reduce<unknown>((each, { value }) => withoutValue(each, value), error);
  const what = together.map(({ reference }) => printed(reference)).join(", ");
  const { message } = awsFailure(cause) ?? (cause as Error);
  return { what, why: message, cause };
}

function unfinished(
  count: number,
  all: number,
  refusals: readonly Refusal[],
  isInterrupted: boolean,
): CommandFailure {
  // IAM's words differ from name to name, and are long: those of the first tell enough.
  const kind = ({ why, cause }: Refusal) => (isOneOf(cause, "AccessDeniedException") ? "" : why);
  const sentences = [...Map.groupBy(refusals, kind).values()].map((alike) => {
    const whats = alike.map(({ what }) => what).join(", ");
    return `${whats} ${alike.length === 1 ? "is" : "are"} not: ${alike[0]?.why}`;
  });
  return new CommandFailure(
    [`${isInterrupted ? "interrupted: " : ""}${count} of ${all} are in`, ...sentences].join("; "),
    "the files are as they were, and the same command again goes on from here",
    isInterrupted ? exitCodes.interrupted : exitCodes.failed,
    { cause: refusals[0]?.cause },
  );
}
