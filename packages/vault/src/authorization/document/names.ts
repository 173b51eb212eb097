/** What IAM says about action names and resource ARNs when a policy is stored. */
import { compileResources } from "../matching/resources.ts";

const partitions = new Set(["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "*"]);

const iamPaths = [
  "user/",
  "federated-user/",
  "role/",
  "group/",
  "instance-profile/",
  "mfa/",
  "server-certificate/",
  "policy/",
  "sms-mfa/",
  "saml-provider/",
  "oidc-provider/",
  "report/",
  "access-report/",
];

/** What is wrong with the action in IAM's words, or undefined. */
export function actionProblem(action: string): string | undefined {
  if (action === "*") return undefined;
  const [vendor = "", name, ...more] = action.split(":");
  if (name === undefined) {
    return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
  }
  if (more.length > 0) return "Actions/Condition can contain only one colon.";
  if (vendor === "*" || /^[A-Za-z0-9.-]+$/.test(vendor)) return undefined;
  return `Vendor ${vendor} is not valid`;
}

/** IAM's older parser comes first and says no more than that it failed. */
export function failsLegacyParsing(resource: string): boolean {
  if (!resource.startsWith("arn:")) return false;
  const parts = partsOf(resource);
  return parts[2] === "" || (parts.length < 6 && resource.includes("::"));
}

/** What is wrong with the resource in IAM's words, or undefined. */
export function resourceProblem(resource: string): string | undefined {
  if (resource === "*") return undefined;
  const notAnArn = `Resource ${resource} must be in ARN format or "*".`;
  if (!resource.includes(":")) return notAnArn;
  const [prefix, partition = "", service, region = "", account = "", ...rest] = partsOf(resource);
  if (!partitions.has(partition)) {
    const given = resource.split(":").slice(1);
    const missing = Array.from({ length: Math.max(0, 5 - given.length) }, () => "*");
    const completed = ["arn", ...given, ...missing].join(":");
    return `Partition "${partition}" is not valid for resource "${completed}".`;
  }
  if (prefix !== "arn") return notAnArn;
  if (service === undefined || /[*?$]/.test(service)) {
    return "Resource vendor must be fully qualified and cannot contain regexes.";
  }
  if (service === "s3" && region !== "" && account === "") {
    return `Resource ${resource} can not contain region information.`;
  }
  if (service === "iam" && region !== "") {
    return `IAM resource ${resource} cannot contain region information.`;
  }
  const path = rest.join(":");
  if (service === "iam" && rest.length > 0 && path !== "*" && path !== "root") {
    const isKnown = iamPaths.some((start) => path.startsWith(start));
    if (!isKnown) {
      return `IAM resource path must either be "*", root, or start with ${iamPaths.join(", ")}.`;
    }
  }
  return undefined;
}

/** The parts between colons; those inside of a policy variable (`${aws:username}`) part nothing. */
function partsOf(resource: string): string[] {
  // Behind the last brace no variable ends: looking for one there again and again takes seconds.
  const end = resource.lastIndexOf("}") + 1;
  const variables = resource
    .slice(0, end)
    .replace(/\$\{[^}]*\}/g, (each) => each.replaceAll(":", "\0"));
  const parts = variables + resource.slice(end);
  return parts.split(":").map((part) => part.replaceAll("\0", ":"));
}

/** Whether the policy variables in the patterns are written as AWS has them. */
export function areVariablesUnderstood(resources: readonly string[]): boolean {
  return compileResources(resources, false, true) !== undefined;
}
