/** A version that its reader was allowed to see, on the way to becoming a value. */
import type { Permit } from "../authorization/authorize.ts";
import { Missing, type Row } from "../storage/storage.ts";
import { type Labels, labelsOf } from "./labels.ts";
import { parameterArn, pathOf } from "./name.ts";
import type { ParameterResource, PathResource, VersionRecord } from "./records.ts";
import type { ValuePlace } from "./values.ts";

type ReadPermit =
  | Permit<"ssm:GetParameter" | "ssm:GetParameters" | "ssm:GetParameterHistory", ParameterResource>
  | Permit<"ssm:GetParametersByPath", PathResource>;

/** Can't be made without the permit that lets this version be read. */
export class ReadVersion implements ValuePlace {
  readonly record: VersionRecord;
  /** As the reader asked for it. */
  readonly name: string;
  readonly arn: string;
  /** The number or label it was asked for by. */
  readonly selector: string | undefined;
  readonly sealed: Uint8Array;
  readonly labels: readonly string[];

  constructor(permit: ReadPermit, row: Row<VersionRecord>, name: string, labels?: Labels) {
    if (row.sealed === undefined) throw new Missing(`The value of ${row.key}`);
    const { scope, selector } = permit.resource.named;
    this.record = row.body;
    this.name = name;
    this.arn = parameterArn(scope, pathOf(row.body.name));
    this.selector = selector;
    this.sealed = row.sealed;
    this.labels = labelsOf(labels, row.body.version);
  }

  get id(): string {
    return this.record.id;
  }

  get version(): number {
    return this.record.version;
  }
}
