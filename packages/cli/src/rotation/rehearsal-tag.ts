/**
 * Which secret the rehearsals of a production secret are on: the tag by which the vault lets it
 * rotate. A rehearsal counts only on the secret that is named there.
 */
import { aws } from "../aws.ts";
import { isOneOf } from "../aws-failure.ts";
import { CommandFailure } from "../failure.ts";
import { explained } from "../stores/failures.ts";
import { printed, type Reference } from "../stores/reference.ts";
import { storeOf } from "../stores/store.ts";
import { type Tags, tagsOf } from "../stores/tags.ts";
import type { RotationRun } from "./rotation.ts";

const rehearsalTag = "claviger:rehearse-on";
/** Of the tag, where somebody has decided to do without. */
const noRehearsal = "none";

export interface Production {
  readonly reference: Reference;
  readonly arn: string;
  readonly tags: Tags;
  /** A function's ARN or a built-in type; undefined where nothing says yet how it is rotated. */
  readonly rotator: string | undefined;
  /** Whether a rotation of it was ever set, as which role and all. */
  readonly isSet: boolean;
}

export async function productionOf(reference: Reference): Promise<Production> {
  const secretsManager = await aws.secretsManager();
  const { ARN, Tags, RotationLambdaARN, Type, RotationEnabled } = await explained(reference, () =>
    secretsManager.describeSecret({ SecretId: reference.name }),
  );
  const rotator = RotationLambdaARN || Type || undefined;
  const isSet = RotationEnabled !== undefined;
  return { reference, arn: ARN ?? "", tags: tagsOf(Tags), rotator, isSet };
}

/** Throws CommandFailure where the tag names none. */
export function stagingOf({ reference, tags }: Production): Reference {
  const name = tags[rehearsalTag];
  if (name !== undefined && name !== noRehearsal) {
    return { service: "secretsmanager", name, field: undefined };
  }
  const typed = printed(reference);
  throw new CommandFailure(
    name === undefined
      ? `${typed} has no staging secret to rehearse on`
      : `${typed} is rotated without a rehearsal: its tag ${rehearsalTag} is ${noRehearsal}`,
    `name it with --on secretsmanager:NAME, or for good: claviger tag ${typed} ${rehearsalTag}=NAME`,
  );
}

/**
 * Has the rehearsal count, and says what comes next. A decision to do without is left as it is:
 * by that production may rotate as well.
 */
export async function countRehearsal(
  { reference, tags, isSet }: Production,
  { arn, name }: RotationRun,
): Promise<string> {
  const typed = printed(reference);
  const how = isSet ? "" : " --type … --role …, as for its staging secret";
  const next = `Now production may rotate: claviger rotate ${typed}${how}`;
  const former = tags[rehearsalTag];
  if (former === name || former === arn) return next;
  if (former === noRehearsal) return `${next} (${rehearsalTag}=${noRehearsal}: also without one)`;
  const tag = `${rehearsalTag}=${name}`;
  try {
    await storeOf(reference).tag(reference.name, { [rehearsalTag]: name }, []);
  } catch (error) {
    if (!isOneOf(error, "AccessDeniedException")) throw error;
    return `For it to count production has to name it, and you may not tag ${typed}. Whoever may:\n  claviger tag ${typed} ${tag}`;
  }
  const instead = former === undefined ? "" : `, in place of ${former}`;
  return `${typed} is tagged ${tag}${instead}: from now on it rotates only after a rehearsal there, its schedule included.\n${next}`;
}
