/**
 * Canonical keys: what is the same value has the same key, as far as that can be known without a
 * call. Region and identity are the transport's, of which a cache has one.
 */
import type { Calls } from "../calls/calls.ts";
import { SecretsError } from "../errors.ts";
import type { ParameterSelection, SecretSelection } from "../reference.ts";
import { dotenvVariable, environmentVariable } from "../sources/environment.ts";
import { parameterStore, selectorOf } from "../sources/parameter-store.ts";
import { parameterTree, type TreeRaw } from "../sources/parameter-tree.ts";
import { secretsManager } from "../sources/secrets-manager.ts";
import type { SecretRaw } from "../sources/source.ts";
import type { Address, ChangedResource } from "./entries.ts";

export interface Addresses {
  /** `name` may end with ":version" or ":label", as in AWS's own requests. */
  parameter(name: string, selection?: ParameterSelection): Address<string>;
  secret(id: string, selection?: SecretSelection): Address<SecretRaw>;
  tree(path: string): Address<TreeRaw>;
  environment(variable: string): Address<string>;
  dotenv(file: string, variable: string): Address<string>;
}

/** Where Parameter Store has the secrets of Secrets Manager. */
const secretsReferred = "/aws/reference/secretsmanager/";
/** The stages that a rotation has beside AWSCURRENT. */
const besideCurrent = ["AWSPENDING", "AWSPREVIOUS"];

export function addressesOf(calls: Calls, clock: () => number): Addresses {
  const parameters = parameterStore(calls, clock);
  const secrets = secretsManager(calls, clock);
  const parameter: Addresses["parameter"] = (name, selection = {}) => {
    const { version, label, withDecryption = true } = selection;
    if (version !== undefined && label !== undefined) throw contradiction(name);
    const given = version ?? label;
    const id = given === undefined ? name : `${name}:${given}`;
    const selector = selectorOf(id);
    const bare = selector === undefined ? id : id.slice(0, -selector.length - 1);
    const keyOf = (any: string) => `ssm:${any}${withDecryption ? "" : " encrypted"}`;
    return {
      key: keyOf(id),
      name: `ssm:${id}`,
      source: parameters.source(id, withDecryption),
      keyByArn: (arn) => keyOf(selector === undefined ? arn : `${arn}:${selector}`),
      isAbout: (resource) => isAboutParameter(resource, bare),
      neighbours(newest) {
        if (selector !== undefined) return [];
        if (id.startsWith(secretsReferred)) {
          return besideCurrent.map((label) => parameter(name, { label, withDecryption }));
        }
        if (!(Number(newest) > 1)) return [];
        return [parameter(name, { version: Number(newest) - 1, withDecryption })];
      },
    };
  };
  const secret: Addresses["secret"] = (id, { versionId, versionStage: stage } = {}) => {
    // AWSCURRENT is what is meant where nothing is said; beside a version it is a condition.
    const versionStage = versionId === undefined && stage === "AWSCURRENT" ? undefined : stage;
    const isCurrent = versionId === undefined && versionStage === undefined;
    const selector = isCurrent ? "" : ` ${versionId ?? ""} ${versionStage ?? ""}`;
    return {
      key: `secretsmanager:${id}${selector}`,
      name: `secretsmanager:${id}${selector.replaceAll(/ +/g, " ").trimEnd()}`,
      source: secrets.source(id, { versionId, versionStage }),
      isAbout: (resource) => isAboutSecret(resource, id),
      neighbours() {
        if (!isCurrent) return [];
        return besideCurrent.map((versionStage) => secret(id, { versionStage }));
      },
    };
  };
  return {
    parameter,
    secret,
    tree(path) {
      const folder = path.endsWith("/") ? path : `${path}/`;
      return {
        key: `ssm-tree:${folder}`,
        name: `ssm:${folder}*`,
        source: parameterTree(calls, path),
        isAbout: ({ service, name }) => service === "ssm" && name.startsWith(folder),
      };
    },
    environment(variable) {
      const name = `env:${variable}`;
      return { key: name, name, source: environmentVariable(variable) };
    },
    dotenv(file, variable) {
      const name = `dotenv:${file}#${variable}`;
      return { key: name, name, source: dotenvVariable(file, variable) };
    },
  };
}

function isAboutParameter({ service, name, arn }: ChangedResource, id: string): boolean {
  if (service === "secretsmanager") return id === secretsReferred + name;
  return id === name || id === arn;
}

/** An ARN may be given without the six characters that Secrets Manager adds. */
function isAboutSecret({ service, name, arn }: ChangedResource, id: string): boolean {
  if (service !== "secretsmanager") return false;
  return id === name || id === arn || id === arn.replace(/-[^-]{6}$/, "");
}

function contradiction(name: string): SecretsError {
  return new SecretsError("Invalid", `ssm:${name} can have a version or a label, not both`);
}
