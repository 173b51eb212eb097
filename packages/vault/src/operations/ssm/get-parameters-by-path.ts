/** GetParametersByPath: what lies below a path, one level of it or all. */
import { checkByPathFilters } from "../../parameters/parameters.ts";
import { boolean, integer, required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { domainFilters, nextToken, parameterFilters, parameterName } from "./members.ts";
import { noteReads, parameterOutput } from "./output.ts";

export const getParametersByPath = operation({
  name: "GetParametersByPath",
  isReadOnly: true,
  input: structure({
    Path: required(parameterName),
    Recursive: boolean(),
    ParameterFilters: parameterFilters,
    WithDecryption: boolean(),
    MaxResults: integer({ min: 1, max: 10 }),
    NextToken: nextToken,
  }),

  permit({ Path, Recursive = false }, call) {
    const path = call.vault.parameters.path(call.scope, Path);
    return call.authorize("ssm:GetParametersByPath", path, { "ssm:Recursive": String(Recursive) });
  },

  async run(input, permit, call) {
    const filters = domainFilters(input.ParameterFilters);
    checkByPathFilters(filters);
    const page = await call.vault.parameters.byPath(permit, input.Recursive ?? false, filters, {
      limit: input.MaxResults ?? 10,
      token: input.NextToken,
    });
    const Parameters = [];
    call.notes.resources.push(...page.items.map(({ arn }) => arn));
    noteReads(call, page.items);
    for (const read of page.items) {
      Parameters.push(await parameterOutput(call, read, input.WithDecryption));
    }
    return { Parameters, NextToken: page.nextToken };
  },
});
