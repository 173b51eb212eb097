/**
 * Checks JSON that a person wrote, member by member. What is wrong is said with its path and what
 * would be right, and never with what stands there.
 */

/** "types.AcmeApiKey.create.path must begin with a slash". */
export class DescriptionError extends Error {
  override readonly name = "DescriptionError";

  constructor(at: string, problem: string) {
    super(`${at} ${problem}`);
  }
}

/** Throws DescriptionError. */
export type Check = (value: unknown, at: string) => void;

export type Members = Readonly<Record<string, unknown>>;

export function membersOf(value: unknown, at: string): Members {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Members;
  throw new DescriptionError(at, "must be a JSON object");
}

/** With these members, of which those named in `required` may not be missing, and no others. */
export function object(
  checks: Readonly<Record<string, Check>>,
  required: readonly string[],
): Check {
  return (value, at) => {
    const members = membersOf(value, at);
    for (const [name, member] of Object.entries(members)) {
      const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
      if (check === undefined) {
        throw new DescriptionError(
          at,
          `has no member "${name}"; known: ${list(Object.keys(checks))}`,
        );
      }
      check(member, `${at}.${name}`);
    }
    const missing = required.find((name) => members[name] === undefined);
    if (missing !== undefined) throw new DescriptionError(at, `needs the member "${missing}"`);
  };
}

export function recordOf(check: Check): Check {
  return (value, at) => {
    for (const [name, member] of Object.entries(membersOf(value, at)))
      check(member, `${at}.${name}`);
  };
}

export function arrayOf(check: Check): Check {
  return (value, at) => {
    if (!Array.isArray(value)) throw new DescriptionError(at, "must be an array");
    for (const [index, each] of value.entries()) check(each, `${at}[${index}]`);
  };
}

export function oneOf(...values: readonly (string | boolean)[]): Check {
  return (value, at) => {
    if (!values.some((each) => each === value)) {
      throw new DescriptionError(at, `must be ${list(values.map((each) => JSON.stringify(each)))}`);
    }
  };
}

/** One of several forms, told apart by a member that only that form has. */
export function byMember(forms: Readonly<Record<string, Check>>): Check {
  return (value, at) => {
    const members = membersOf(value, at);
    const names = Object.keys(forms);
    const name = names.find((each) => Object.hasOwn(members, each));
    if (name === undefined)
      throw new DescriptionError(at, `needs one of the members ${list(names)}`);
    forms[name]?.(value, at);
  };
}

export function matching(pattern: RegExp, problem: string): Check {
  return (value, at) => {
    text(value, at);
    if (!pattern.test(value as string)) throw new DescriptionError(at, problem);
  };
}

export const text: Check = (value, at) => {
  if (typeof value !== "string" || value === "") {
    throw new DescriptionError(at, "must be a text that is not empty");
  }
};

export function integer(min: number, max: number): Check {
  return (value, at) => {
    if (!Number.isInteger(value) || (value as number) < min || (value as number) > max) {
      throw new DescriptionError(at, `must be a whole number from ${min} to ${max}`);
    }
  };
}

export const scalar: Check = (value, at) => {
  if (!["string", "number", "boolean"].includes(typeof value)) {
    throw new DescriptionError(at, "must be a text, a number, true or false");
  }
};

export const anything: Check = () => {};

function list(names: readonly string[]): string {
  return names.join(", ");
}
