/** Systems Manager, as far as it is Parameter Store. */
import type { Service } from "../operation.ts";
import { addTagsToResource } from "./add-tags-to-resource.ts";
import { deleteParameter } from "./delete-parameter.ts";
import { deleteParameters } from "./delete-parameters.ts";
import { describeParameters } from "./describe-parameters.ts";
import { getParameter } from "./get-parameter.ts";
import { getParameterHistory } from "./get-parameter-history.ts";
import { getParameters } from "./get-parameters.ts";
import { getParametersByPath } from "./get-parameters-by-path.ts";
import { getServiceSetting } from "./get-service-setting.ts";
import { labelParameterVersion } from "./label-parameter-version.ts";
import { listTagsForResource } from "./list-tags-for-resource.ts";
import { putParameter } from "./put-parameter.ts";
import { removeTagsFromResource } from "./remove-tags-from-resource.ts";
import { resetServiceSetting } from "./reset-service-setting.ts";
import { unlabelParameterVersion } from "./unlabel-parameter-version.ts";
import { updateServiceSetting } from "./update-service-setting.ts";

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
    labelParameterVersion,
    unlabelParameterVersion,
    addTagsToResource,
    removeTagsFromResource,
    listTagsForResource,
    getServiceSetting,
    updateServiceSetting,
    resetServiceSetting,
  ],
};
