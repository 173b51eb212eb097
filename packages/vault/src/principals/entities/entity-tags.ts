/** The tags of users, roles and instance profiles: `aws:PrincipalTag` and `aws:ResourceTag`. */
import type { Permit } from "../../authorization/authorize.ts";
import { type Page, type PageRequest, pageOf } from "../page.ts";
import type { Named, Tag } from "../records.ts";
import { addedTags, removedTags } from "../tagging.ts";
import type { Entities, EntityResource } from "./entities.ts";

type Tagged = Named & { readonly tags: readonly Tag[] };
type TaggedNoun = "User" | "Role" | "InstanceProfile";

export class EntityTags<Body extends Tagged, Name extends TaggedNoun> {
  readonly #entities: Entities<Body>;
  readonly #sameKey: ((key: string) => string) | undefined;

  /** `sameKey` maps keys to one that are one key; without it each spelling is a key. */
  constructor(entities: Entities<Body>, sameKey?: (key: string) => string) {
    this.#entities = entities;
    this.#sameKey = sameKey;
  }

  add(permit: Permit<`iam:Tag${Name}`, EntityResource<Body>>, tags: readonly Tag[]): Promise<void> {
    return this.#entities.update(permit.resource, (entity) => ({
      entity: { ...entity, tags: addedTags(entity.tags, tags, this.#sameKey) },
    }));
  }

  remove(
    permit: Permit<`iam:Untag${Name}`, EntityResource<Body>>,
    keys: readonly string[],
  ): Promise<void> {
    return this.#entities.update(permit.resource, (entity) => ({
      entity: { ...entity, tags: removedTags(entity.tags, keys, this.#sameKey) },
    }));
  }

  /** In the order of their keys, whatever order they were given in. */
  async list(
    permit: Permit<`iam:List${Name}Tags`, EntityResource<Body>>,
    request: PageRequest,
  ): Promise<Page<Tag>> {
    const { body } = await this.#entities.row(permit.resource);
    const tags = body.tags.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    return pageOf(tags, request, ({ key }) => key);
  }
}
