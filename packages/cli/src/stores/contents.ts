/**
 * Values by reference: of a whole secret or parameter, or of one field of a JSON secret, which is
 * read and written together with the others.
 */
import { CommandFailure } from "../failure.ts";
import { NotThere } from "./failures.ts";
import { type Fields, fieldText, readFields, withField, withoutField } from "./fields.ts";
import { printed, type Reference } from "./reference.ts";
import { type At, type Settings, storeOf, type Version, type Written } from "./store.ts";
import { isText, type Value } from "./value.ts";

/** The value that is referred to, with the version it stands in. */
export async function readContent(reference: Reference, at: At = {}): Promise<Version> {
  const { name, field } = reference;
  const found = await storeOf(reference).read(name, at);
  if (field === undefined) return found;
  const text = fieldText(fieldsOf(reference, found.value), field);
  if (text === undefined) throw noField(reference);
  return { ...found, value: { text } };
}

/** undefined where there is no such secret, parameter or field, or no value in it yet. */
export async function readIfThere(reference: Reference): Promise<Version | undefined> {
  try {
    return await readContent(reference);
  } catch (error) {
    if (error instanceof NotThere) return undefined;
    throw error;
  }
}

/** Creates or updates what is referred to. */
export async function writeContent(
  reference: Reference,
  value: Value,
  settings: Settings,
): Promise<Written> {
  const { name, field } = reference;
  if (field === undefined) return storeOf(reference).write(name, value, settings);
  if (!isText(value)) {
    throw new CommandFailure("the value is not UTF-8, and JSON holds text", "encode it first");
  }
  return changeFields(reference, settings, (fields) => withField(fields, field, value.text));
}

/** Several fields of one secret at once, as one version; the others stay as they are. */
export function writeFields(
  { name }: Pick<Reference, "name">,
  texts: ReadonlyMap<string, string>,
  settings: Settings,
): Promise<Written> {
  const [field = ""] = texts.keys();
  return changeFields({ service: "secretsmanager", name, field }, settings, (before) => {
    let fields = before;
    for (const [field, text] of texts) fields = readFields(withField(fields, field, text)) ?? {};
    return JSON.stringify(fields);
  });
}

/** The secret's next version has the other fields alone. */
export function removeField(reference: Reference): Promise<Written> {
  const { field = "" } = reference;
  return changeFields(reference, {}, (fields) => {
    if (!Object.hasOwn(fields, field)) throw noField(reference);
    return withoutField(fields, field);
  });
}

/**
 * There is no write on condition. So it looks afterwards whether the version that it started from
 * is the one before its own, or somebody else's came in between.
 */
async function changeFields(
  reference: Reference,
  settings: Settings,
  change: (fields: Fields) => string,
): Promise<Written> {
  const { name } = reference;
  const store = storeOf(reference);
  const before = await readIfThere({ ...reference, field: undefined });
  const fields = before === undefined ? {} : fieldsOf(reference, before.value);
  const written = await store.write(name, { text: change(fields) }, settings);
  if (before === undefined) return written;
  const { version } = await store.read(name, { label: "AWSPREVIOUS" });
  if (version === before.version) return written;
  const whole = printed({ ...reference, field: undefined });
  throw new CommandFailure(
    `somebody else wrote ${whole} at the same time; their fields are in version ${version}`,
    `compare, and put what is missing again: claviger diff ${whole}`,
  );
}

function fieldsOf(reference: Reference, value: Value): Fields {
  const fields = isText(value) ? readFields(value.text) : undefined;
  if (fields !== undefined) return fields;
  const whole = printed({ ...reference, field: undefined });
  throw new CommandFailure(
    `${whole} is no JSON object, so it has no fields`,
    `leave #${reference.field} out, for the whole of it`,
  );
}

function noField(reference: Reference): NotThere {
  const whole = printed({ ...reference, field: undefined });
  return new NotThere(
    `${whole} has no field '${reference.field}'`,
    `see its fields: claviger get ${whole}`,
  );
}
