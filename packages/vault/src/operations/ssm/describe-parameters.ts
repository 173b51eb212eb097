/** DescribeParameters: what parameters there are, without their values. */
import { validationError } from "../../errors.ts";
import { checkDescribeFilters, type ParameterFilter } from "../../parameters/parameters.ts";
import { boolean, type Infer, list, required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { domainFilters, maxResults, nextToken, parameterFilters } from "./members.ts";
import { recordOutput } from "./output.ts";

const input = structure({
  Filters: list(
    structure({
      Key: required(string({ enum: ["Name", "Type", "KeyId"] })),
      Values: required(list(string({ min: 1, max: 1024 }), { min: 1, max: 50 })),
    }),
  ),
  ParameterFilters: parameterFilters,
  MaxResults: maxResults,
  NextToken: nextToken,
  Shared: boolean(),
});

export const describeParameters = operation({
  name: "DescribeParameters",
  isReadOnly: true,
  input,

  permit(_input, call) {
    return call.authorize("ssm:DescribeParameters", call.vault.parameters.all(call.scope));
  },

  async run(input, permit, call) {
    const filters = filtersOf(input);
    checkDescribeFilters(filters);
    // Nobody can share a parameter here, so none is shared with the caller.
    if (input.Shared === true) return { Parameters: [] };
    const page = await call.vault.parameters.describe(permit, filters, {
      limit: input.MaxResults ?? 10,
      token: input.NextToken,
    });
    const Parameters = page.items.map(({ arn, record }) => ({
      ...recordOutput(call, record),
      ARN: arn,
    }));
    return { Parameters, NextToken: page.nextToken };
  },
});

/** The older Filters say the same: names by their beginning, the others whole. */
function filtersOf({ Filters = [], ParameterFilters = [] }: Infer<typeof input>) {
  if (Filters.length === 0) return domainFilters(ParameterFilters);
  if (ParameterFilters.length > 0) {
    throw validationError("You can use either Filters or ParameterFilters in a single request.");
  }
  return Filters.map(
    ({ Key, Values }): ParameterFilter => ({
      key: Key,
      option: Key === "Name" ? "BeginsWith" : "Equals",
      values: Values,
    }),
  );
}
