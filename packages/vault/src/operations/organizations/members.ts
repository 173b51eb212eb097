/**
 * The members of Organizations' inputs, as the service model declares them. What breaks a rule of
 * the model is InvalidInputException here, with the reason as a word and a sentence of AWS's.
 */
import { ApiError } from "../../errors.ts";
import { integer, type Shape, string, structure } from "../../shapes/shapes.ts";

type Members = Parameters<typeof structure>[0];

export function input<const M extends Members>(members: M): ReturnType<typeof structure<M>> {
  const declared = structure(members);
  return {
    ...declared,
    decode(value, path, problems) {
      const found: string[] = [];
      const decoded = declared.decode(value, path, found);
      if (found[0] !== undefined) throw invalidInput(reasonOf(found[0]));
      problems.push(...found);
      return decoded;
    },
  };
}

const sentences = {
  INPUT_REQUIRED: "You must include a value for all required parameters.",
  INVALID_ENUM: "You specified an invalid value.",
  INVALID_NEXT_TOKEN:
    "Get the value for the NextToken parameter from the response to a previous call of the operation.",
  INVALID_PATTERN: "You provided a value that does not match the required pattern.",
  MAX_LENGTH_EXCEEDED: "You provided a string parameter that is longer than allowed.",
  MAX_VALUE_EXCEEDED: "You provided a numeric parameter that has a larger value than allowed.",
  MIN_LENGTH_EXCEEDED: "You provided a string parameter that is shorter than allowed.",
  MIN_VALUE_EXCEEDED: "You provided a numeric parameter that has a smaller value than allowed.",
} as const;

type Reason = keyof typeof sentences;

export function invalidInput(reason: Reason): ApiError {
  return new ApiError("InvalidInputException", sentences[reason], { detail: { Reason: reason } });
}

function reasonOf(problem: string): Reason {
  if (problem.includes("must not be null")) return "INPUT_REQUIRED";
  if (problem.includes("enum value set")) return "INVALID_ENUM";
  if (problem.includes("length less than")) return "MAX_LENGTH_EXCEEDED";
  if (problem.includes("length greater than")) return "MIN_LENGTH_EXCEEDED";
  if (problem.includes("value less than")) return "MAX_VALUE_EXCEEDED";
  if (problem.includes("value greater than")) return "MIN_VALUE_EXCEEDED";
  return "INVALID_PATTERN";
}

export const accountId = string({ max: 12, pattern: "\\d{12}" });
export const creationId = string({ max: 36, pattern: "car-[a-z0-9]{8,32}" });

/** The addresses and names of people: they stay out of messages and the trail, as on AWS. */
export const email: Shape<string> = string({
  min: 6,
  max: 64,
  pattern: "[^\\s@]+@[^\\s@]+\\.[^\\s@]+",
  isSensitive: true,
});
export const accountName: Shape<string> = string({
  min: 1,
  max: 50,
  pattern: "[\\u0020-\\u007E]+",
  isSensitive: true,
});

export const roleName = string({ max: 64, pattern: "[\\w+=,.@-]{1,64}" });

/** What every list takes. */
export const paging = {
  NextToken: string({ max: 100_000 }),
  MaxResults: integer({ min: 1, max: 20 }),
};
