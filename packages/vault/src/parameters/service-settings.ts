/**
 * Parameter Store's settings of an account in a region: the tier of parameters that name none,
 * and high throughput. The vault never throttles, so the latter changes nothing but what it says.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ServiceSetting.html
 */
import type { Permit } from "../authorization/authorize.ts";
import type { Resource } from "../authorization/types.ts";
import type { Clock } from "../clock.ts";
import type { Scope } from "../scope.ts";
import { type Storage, table } from "../storage/storage.ts";
import { invalidSettingValue, settingNotFound } from "./errors.ts";
import { arnStart } from "./name.ts";
import { type RequestedTier, scopeKey } from "./records.ts";

const defaultTierId = "/ssm/parameter-store/default-parameter-tier";

/** The values of each setting, the default first. */
const settings: Readonly<Record<string, readonly string[]>> = {
  [defaultTierId]: ["Standard", "Advanced", "Intelligent-Tiering"],
  "/ssm/parameter-store/high-throughput-enabled": ["false", "true"],
};

interface SettingRecord {
  readonly value: string;
  readonly status: "Default" | "Customized";
  readonly modifiedAt: number;
  readonly modifiedBy: string;
}

export interface ServiceSetting extends SettingRecord {
  readonly id: string;
  readonly arn: string;
}

export interface SettingResource extends Resource {
  readonly scope: Scope;
  /** As AWS lists it, also where it was named by its ARN; perhaps of no setting. */
  readonly id: string;
}

/** Key: `account/region/ssm/…`, the setting's id. */
const settingTable = table<SettingRecord>("service_settings");

/** Where nobody changed a setting AWS gives a date of its own: that of the setting's beginning. */
const untouched = {
  status: "Default",
  modifiedAt: 1_555_532_818_578,
  modifiedBy: "System",
} as const;

export class ServiceSettings {
  readonly #storage: Storage;
  readonly #clock: Clock;

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
  }

  /** What a caller names by its id or ARN; whether there is such a setting is told later. */
  locate(scope: Scope, named: string): SettingResource {
    const start = `${arnStart(scope)}servicesetting`;
    const id = named.startsWith(start) ? named.slice(start.length) : named;
    const arn = id.startsWith("/") ? `${start}${id}` : `${start}/${id}`;
    return { arn, accountId: scope.accountId, tags: {}, scope, id };
  }

  async get(permit: Permit<"ssm:GetServiceSetting", SettingResource>): Promise<ServiceSetting> {
    const { scope, id, arn } = permit.resource;
    const [value = ""] = valuesOf(id);
    const row = await this.#storage.get(settingTable, settingKey(scope, id));
    return { id, arn, ...(row?.body ?? { ...untouched, value }) };
  }

  async update(
    permit: Permit<"ssm:UpdateServiceSetting", SettingResource>,
    value: string,
    modifiedBy: string,
  ): Promise<void> {
    const { id } = permit.resource;
    const values = valuesOf(id);
    if (!values.includes(value)) throw invalidSettingValue(id, values);
    await this.#put(permit.resource, { value, status: "Customized", modifiedBy });
  }

  async reset(permit: Permit<"ssm:ResetServiceSetting", SettingResource>): Promise<ServiceSetting> {
    const { id, arn } = permit.resource;
    const [value = ""] = valuesOf(id);
    const body = await this.#put(permit.resource, {
      value,
      status: "Default",
      modifiedBy: "System",
    });
    return { id, arn, ...body };
  }

  async defaultTier(scope: Scope): Promise<RequestedTier> {
    const row = await this.#storage.get(settingTable, settingKey(scope, defaultTierId));
    return (row?.body.value ?? "Standard") as RequestedTier;
  }

  async #put(
    { scope, id }: SettingResource,
    changed: Omit<SettingRecord, "modifiedAt">,
  ): Promise<SettingRecord> {
    const body = { ...changed, modifiedAt: this.#clock.now() };
    const key = settingKey(scope, id);
    await this.#storage.commit([{ type: "put", table: settingTable, key, body }]);
    return body;
  }
}

function valuesOf(id: string): readonly string[] {
  const values = Object.hasOwn(settings, id) ? settings[id] : undefined;
  if (values === undefined) throw settingNotFound();
  return values;
}

function settingKey(scope: Scope, id: string): string {
  return `${scopeKey(scope)}${id}`;
}
