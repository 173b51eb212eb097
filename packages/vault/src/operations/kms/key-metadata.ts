/** KeyMetadata: a key as CreateKey and DescribeKey show it. */
import type { KeyRecord } from "../../keys/key-record.ts";

export function keyMetadata(record: KeyRecord) {
  return {
    AWSAccountId: record.accountId,
    KeyId: record.keyId,
    Arn: record.arn,
    CreationDate: new Date(record.createdAt),
    Enabled: record.state === "Enabled",
    Description: record.description,
    KeyUsage: "ENCRYPT_DECRYPT",
    KeyState: record.state,
    ...(record.deletionAt !== undefined && { DeletionDate: new Date(record.deletionAt) }),
    Origin: "AWS_KMS",
    KeyManager: record.manager,
    CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
    KeySpec: "SYMMETRIC_DEFAULT",
    EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
    MultiRegion: false,
    CurrentKeyMaterialId: record.currentMaterialId,
  };
}
