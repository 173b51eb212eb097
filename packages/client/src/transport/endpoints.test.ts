import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";
import { describe, expect, test } from "vitest";
import type { Section } from "../credentials/shared-files.ts";
import { endpointOf, regionIn } from "./endpoints.ts";

const none = { profile: () => undefined, services: () => undefined };

const regions = [
  "us-east-1",
  "eu-central-1",
  "ap-southeast-4",
  "il-central-1",
  "mx-central-1",
  "cn-north-1",
  "us-gov-west-1",
  "us-iso-east-1",
  "us-isob-east-1",
  "eu-isoe-west-1",
  "us-isof-south-1",
  "eusc-de-east-1",
];

const providers = {
  ssm: new SSMClient({ region: "us-east-1" }).config.endpointProvider,
  secretsmanager: new SecretsManagerClient({ region: "us-east-1" }).config.endpointProvider,
  sts: new STSClient({ region: "us-east-1" }).config.endpointProvider,
};

describe.each(["ssm", "secretsmanager", "sts"] as const)("AWS's endpoints of %s", (service) => {
  test.each(regions)("in %s are the AWS SDK's", (region) => {
    // China has no FIPS endpoints.
    for (const UseFIPS of region.startsWith("cn-") ? [false] : [false, true]) {
      for (const UseDualStack of [false, true]) {
        const environment = {
          AWS_USE_FIPS_ENDPOINT: String(UseFIPS),
          AWS_USE_DUALSTACK_ENDPOINT: String(UseDualStack),
        };
        const ours = endpointOf(service, { environment, files: none, region });
        const theirs = providers[service]({ Region: region, UseFIPS, UseDualStack });
        expect(ours).toEqual({ url: theirs.url, isConfigured: false });
      }
    }
  });
});

describe("a configured endpoint", () => {
  const services = (name: string): Section | undefined =>
    name === "local" ? { "secrets_manager.endpoint_url": "http://services" } : undefined;
  const profile = (section: Section) => ({ profile: () => section, services });
  const all = {
    environment: {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: "http://variable-of-service",
      AWS_ENDPOINT_URL: "http://variable",
    },
    files: profile({ endpoint_url: "http://profile", services: "local" }),
    region: "eu-west-1",
  };
  const hostIn = (place: Parameters<typeof endpointOf>[1], service = "secretsmanager" as const) =>
    endpointOf(service, place).url.hostname;

  test("code goes before variables, variables before the profile, the service before all", () => {
    const { AWS_ENDPOINT_URL } = all.environment;
    expect(hostIn({ ...all, endpoint: "http://code" })).toBe("code");
    expect(hostIn(all)).toBe("variable-of-service");
    expect(hostIn({ ...all, environment: { AWS_ENDPOINT_URL } })).toBe("variable");
    expect(hostIn({ ...all, environment: {} })).toBe("services");
    const files = profile({ endpoint_url: "http://profile" });
    expect(hostIn({ ...all, environment: {}, files })).toBe("profile");
    expect(endpointOf("ssm", all).url.hostname).toBe("variable");
  });

  test("is ignored on demand, except code's", () => {
    const environment = { ...all.environment, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" };
    expect(endpointOf("ssm", { ...all, environment })).toMatchObject({ isConfigured: false });
    expect(hostIn({ ...all, environment, endpoint: "http://code" })).toBe("code");
    const files = profile({
      endpoint_url: "http://profile",
      ignore_configured_endpoint_urls: "true",
    });
    expect(hostIn({ ...all, environment: {}, files })).toBe(
      "secretsmanager.eu-west-1.amazonaws.com",
    );
  });

  test.each(["localhost:7400", "ftp://x", "http://user:wx_1@x", "/x"])("%s is none", (endpoint) => {
    const find = () => endpointOf("ssm", { ...all, endpoint });
    expect(find).toThrow(/^the configured endpoint is no http or https URL of a host$/);
  });
});

test("a region that is none names no host", () => {
  for (const region of ["", "x.evil.example/", "eu west"]) {
    const find = () => endpointOf("ssm", { environment: {}, files: none, region });
    expect(find).toThrow("no AWS region is set");
  }
});

test("the region is the SDK's variable's, else the CLI's, else the profile's", () => {
  const files = () => ({
    profile: (name: string) => (name === "work" ? { region: "eu-west-3" } : undefined),
    services: () => undefined,
  });
  const variables = { AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "eu-west-2" };
  expect(regionIn({ ...variables, AWS_PROFILE: "work" }, files)).toBe("eu-west-1");
  expect(regionIn({ AWS_DEFAULT_REGION: "eu-west-2" }, files)).toBe("eu-west-2");
  expect(regionIn({ AWS_PROFILE: "work" }, files)).toBe("eu-west-3");
  expect(regionIn({}, files)).toBeUndefined();
});
