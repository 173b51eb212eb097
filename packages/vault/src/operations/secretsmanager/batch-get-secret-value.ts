/**
 * The current values of up to 20 secrets, named or found by filters. Each is authorised and
 * audited as a GetSecretValue of its own: one that is refused stands among the errors.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html
 */
import { ApiError } from "../../errors.ts";
import { invalidParameter } from "../../secrets/errors.ts";
import { secretsResource } from "../../secrets/records.ts";
import { integer, list, string, structure } from "../../shapes/shapes.ts";
import { type Call, operation } from "../operation.ts";
import { filters, readFilters } from "./filters.ts";
import { permitRead, revealed } from "./get-secret-value.ts";
import { secretId } from "./members.ts";

const secretsMax = 20;

/** Codes that have another name among a batch's errors; the others stand there as they are. */
const namesInErrors: ReadonlyMap<string, string> = new Map([
  ["AccessDenied", "AccessDeniedException"],
  ["ValidationError", "ValidationException"],
]);

export const batchGetSecretValue = operation({
  name: "BatchGetSecretValue",
  isReadOnly: true,
  input: structure({
    SecretIdList: list(secretId, { min: 1, max: secretsMax }),
    Filters: filters,
    MaxResults: integer({ min: 1, max: secretsMax }),
    NextToken: string({ min: 1, max: 4096 }),
  }),

  permit({ SecretIdList, Filters, MaxResults, NextToken }, call) {
    const every = secretsResource(call.scope);
    call.authorize("secretsmanager:BatchGetSecretValue", every);
    if (SecretIdList !== undefined && Filters !== undefined) throw needsEither();
    if (Filters !== undefined) return call.authorize("secretsmanager:ListSecrets", every);
    // A list of names has no pages.
    if (MaxResults !== undefined) throw needsFilters("MaxResults");
    if (NextToken !== undefined) throw needsFilters("NextToken");
    if (SecretIdList === undefined) throw needsEither();
    return undefined;
  },

  async run({ SecretIdList, Filters, MaxResults, NextToken }, listPermit, call) {
    const page =
      listPermit &&
      (await call.vault.secrets.list(listPermit, {
        filters: readFilters(Filters),
        isPlannedDeletionIncluded: false,
        sortBy: "created-date",
        isDescending: false,
        maxResults: MaxResults ?? secretsMax,
        nextToken: NextToken,
      }));
    const secretIds = SecretIdList ?? page?.secrets.map(({ arn }) => arn) ?? [];
    const reads = await Promise.all(secretIds.map((SecretId) => read(SecretId, call)));
    return {
      SecretValues: reads.flatMap(({ value }) => value ?? []),
      Errors: reads.flatMap(({ error }) => error ?? []),
      NextToken: page?.nextToken,
    };
  },
});

function needsEither(): ApiError {
  return invalidParameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.");
}

function needsFilters(member: "MaxResults" | "NextToken"): ApiError {
  return invalidParameter(
    `'Filters' not specified. 'Filters' must also be specified when '${member}' is provided.`,
  );
}

async function read(SecretId: string, call: Call) {
  try {
    const value = await call.part("GetSecretValue", { secretId: SecretId }, async (part) =>
      revealed(await permitRead({ SecretId }, part), part),
    );
    return { value };
  } catch (error) {
    if (!(error instanceof ApiError) || error.fault === "server") throw error;
    const { code, message } = error;
    const ErrorCode = namesInErrors.get(code) ?? code;
    return { error: { SecretId, ErrorCode, Message: message } };
  }
}
