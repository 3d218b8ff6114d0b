import { Index } from 'typeorm';
import { CountColumn, FlagColumn, JsonColumn, KeyColumn, MAYBE, PERSONAL, ReadModelTable, TextColumn } from '../columns.js';

/** An identifier as the directory shows it: never in full. */
export interface ListedIdentifier {
  kind: string;
  digest: string;
  masked: string;
  /** Keyed digest of the last four digits, another for each site that registers; null of what is no telephone number. */
  lastFour: string | null;
}

/** The one view that holds names in clear (ADR 0008). Of a person who was erased the row keeps that they were, and no more (domain §13.4). */
@ReadModelTable('person_directory')
@Index('person_directory_by_name', ['nameGrams'], { type: 'gin' })
@Index('person_directory_by_digest', ['digests'], { type: 'gin' })
@Index('person_directory_by_last_four', ['lastFours'], { type: 'gin' })
@Index('person_directory_erased', ['tenant', 'customerId'], { where: 'erased' })
export class Person {
  @KeyColumn() customerId!: string;
  @TextColumn() tenant!: string;
  @TextColumn(MAYBE) kind!: string | null;
  @TextColumn({ nullable: true, ...PERSONAL }) name!: string | null;
  @TextColumn({ nullable: true, ...PERSONAL }) formOfAddress!: string | null;
  /** The name as it is searched, and its single characters and pairs, by which an index finds any part of it. */
  @TextColumn(PERSONAL) nameSearch!: string;
  @TextColumn({ array: true, ...PERSONAL }) nameGrams!: string[];
  @JsonColumn(PERSONAL) identifiers!: ListedIdentifier[];
  /** Keyed digests, by which a number typed in full is found. */
  @TextColumn({ array: true }) digests!: string[];
  /** Those by which a number is found by its last four digits. */
  @TextColumn({ array: true }) lastFours!: string[];
  /** Of its stream, as far as it is folded: what If-Match is given (ADR 0050). */
  @CountColumn({ default: 0 }) revision!: number;
  /** Stands for good, wherever among the events it comes: nothing personal is taken up again. */
  @FlagColumn({ default: false }) erased!: boolean;
}
