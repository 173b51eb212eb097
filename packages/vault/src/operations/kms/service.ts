/** AWS Key Management Service, as far as this vault speaks it. */
import type { Service } from "../operation.ts";
import { createAlias } from "./create-alias.ts";
import { createKey } from "./create-key.ts";
import { decrypt } from "./decrypt.ts";
import { describeKey } from "./describe-key.ts";
import { encrypt } from "./encrypt.ts";
import { generateDataKey } from "./generate-data-key.ts";
import { listAliases } from "./list-aliases.ts";
import { listKeys } from "./list-keys.ts";

export const kms: Service = {
  name: "kms",
  protocol: "aws-json",
  targetPrefixes: ["TrentService."],
  version: "2014-11-01",
  xmlNamespace: undefined,
  operations: [
    createAlias,
    createKey,
    decrypt,
    describeKey,
    encrypt,
    generateDataKey,
    listAliases,
    listKeys,
  ],
};
