/** CloudTrail: who did what, when, from where. */
import type { Service } from "../operation.ts";
import { lookupEvents } from "./lookup-events.ts";

export const cloudtrail: Service = {
  name: "cloudtrail",
  protocol: "aws-json",
  targetPrefixes: [
    "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.",
    "CloudTrail_20131101.",
  ],
  version: "2013-11-01",
  xmlNamespace: undefined,
  operations: [lookupEvents],
};
