/**
 * The secret that rotates, as any AWS client reads and writes it. Nothing is kept: what another
 * step has changed meanwhile is seen.
 */
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { type AwsClientConfiguration, RotationFailure, type SecretVersion } from "./rotator.ts";

/** Of a vault that hangs: the SDK tries again within the step's time. */
const limits = { requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000 } };

export class SecretVersions {
  readonly #client: SecretsManagerClient;
  readonly #secretArn: string;
  readonly #rotationToken: string | undefined;

  constructor(aws: AwsClientConfiguration, secretArn: string, rotationToken?: string) {
    this.#client = new SecretsManagerClient({ ...aws, ...limits });
    this.#secretArn = secretArn;
    this.#rotationToken = rotationToken;
  }

  /** Throws RotationFailure where no version is AWSCURRENT, or it is binary. */
  async current(): Promise<SecretVersion> {
    const current = await this.#get({ SecretId: this.#secretArn });
    if (current === undefined) throw new RotationFailure("The secret has no AWSCURRENT version.");
    return current;
  }

  /** Undefined where the version has no value yet, or is gone. */
  async value(versionId: string): Promise<string | undefined> {
    return (await this.#get({ SecretId: this.#secretArn, VersionId: versionId }))?.value;
  }

  /** Of another secret, which the role must be allowed to read: the admin's. */
  async valueOf(secretId: string): Promise<string> {
    const other = await this.#get({ SecretId: secretId });
    if (other === undefined) throw new RotationFailure("The admin secret is not there.");
    return other.value;
  }

  /** Of each version that has a staging label and a value. */
  async labelled(): Promise<SecretVersion[]> {
    const found: SecretVersion[] = [];
    for (const versionId of (await this.#stages()).keys()) {
      const version = await this.#get({ SecretId: this.#secretArn, VersionId: versionId });
      if (version !== undefined) found.push(version);
    }
    return found;
  }

  async stagesOf(versionId: string): Promise<readonly string[]> {
    return (await this.#stages()).get(versionId) ?? [];
  }

  putPending(token: string, secretString: string): Promise<void> {
    return this.#put(token, secretString, "AWSPENDING");
  }

  /**
   * AWS changes nothing where a version comes again with the value that it has, but asks for every
   * right that a new one takes, the KMS key's among them.
   */
  requireWritable({ versionId, value }: SecretVersion): Promise<void> {
    return this.#put(versionId, value, "AWSCURRENT");
  }

  /** AWS itself puts AWSPREVIOUS on the version that loses AWSCURRENT. */
  async makeCurrent(token: string): Promise<void> {
    const stages = [...(await this.#stages())];
    const [from] = stages.find(([, labels]) => labels.includes("AWSCURRENT")) ?? [];
    if (from === token) return;
    await this.#client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: this.#secretArn,
        VersionStage: "AWSCURRENT",
        MoveToVersionId: token,
        ...(from !== undefined && { RemoveFromVersionId: from }),
      }),
    );
  }

  close(): void {
    this.#client.destroy();
  }

  async #put(token: string, secretString: string, label: string): Promise<void> {
    await this.#client.send(
      new PutSecretValueCommand({
        SecretId: this.#secretArn,
        ClientRequestToken: token,
        SecretString: secretString,
        VersionStages: [label],
        ...(this.#rotationToken !== undefined && { RotationToken: this.#rotationToken }),
      }),
    );
  }

  async #stages(): Promise<Map<string, string[]>> {
    const command = new DescribeSecretCommand({ SecretId: this.#secretArn });
    const { VersionIdsToStages = {} } = await this.#client.send(command);
    return new Map(Object.entries(VersionIdsToStages));
  }

  async #get(which: { SecretId: string; VersionId?: string }): Promise<SecretVersion | undefined> {
    try {
      const { VersionId, SecretString, CreatedDate } = await this.#client.send(
        new GetSecretValueCommand(which),
      );
      if (VersionId === undefined || SecretString === undefined || CreatedDate === undefined) {
        throw new RotationFailure("The secret's value is binary, which this rotator can't read.");
      }
      return { versionId: VersionId, value: SecretString, createdDate: CreatedDate };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }
}
