import { Index } from 'typeorm';
import type { Site } from '@touchline/touchpoints/site/site.fold.js';
import type { Unit } from '@touchline/touchpoints/unit/unit.fold.js';
import type { User } from '@touchline/touchpoints/user/user.fold.js';
import { CountColumn, JsonColumn, KeyColumn, ReadModelTable, TextColumn } from '../columns.js';

/** A playbook a group has published, without its versions' contents. */
export interface PublishedPlaybook {
  /** In the newest version. */
  name: { zh: string; en: string };
  /** First to last. */
  versions: number[];
}

/** What is listed of each kind of the group's own records. */
export interface Listed {
  unit: Unit;
  site: Site;
  user: User;
  playbook: PublishedPlaybook;
}

/** One of the group's own records: who and what there is, to be listed (domain §1.2). */
@ReadModelTable('group_directory')
@Index('group_directory_by_kind', ['tenant', 'kind', 'id'])
export class Entry<Kind extends keyof Listed = keyof Listed> {
  @KeyColumn() stream!: string;
  @TextColumn() tenant!: string;
  @TextColumn() kind!: Kind;
  @TextColumn({ collation: 'C' }) id!: string;
  /** Of its stream, as far as it is folded: what If-Match is given (ADR 0050). */
  @CountColumn({ default: 0 }) revision!: number;
  @JsonColumn() record!: Listed[Kind];
}
