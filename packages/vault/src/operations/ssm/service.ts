/** Systems Manager, as far as it is Parameter Store. */
import type { Service } from "../operation.ts";
import { deleteParameter } from "./delete-parameter.ts";
import { deleteParameters } from "./delete-parameters.ts";
import { describeParameters } from "./describe-parameters.ts";
import { getParameter } from "./get-parameter.ts";
import { getParameterHistory } from "./get-parameter-history.ts";
import { getParameters } from "./get-parameters.ts";
import { getParametersByPath } from "./get-parameters-by-path.ts";
import { putParameter } from "./put-parameter.ts";

export const ssm: Service = {
  name: "ssm",
  protocol: "aws-json",
  targetPrefixes: ["AmazonSSM."],
  version: "2014-11-06",
  xmlNamespace: undefined,
  operations: [
    putParameter,
    getParameter,
    getParameters,
    getParametersByPath,
    getParameterHistory,
    deleteParameter,
    deleteParameters,
    describeParameters,
  ],
};
