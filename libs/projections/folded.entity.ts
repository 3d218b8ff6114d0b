import { Column } from 'typeorm';
import type { ColumnOptions, ValueTransformer } from 'typeorm';

const iso: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: Date | null) => value?.toISOString() ?? null,
};
const wholeNumber: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};

/** An instant: ISO 8601 UTC with milliseconds here, timestamptz there. */
export const InstantColumn = (name: string, options: ColumnOptions = {}): PropertyDecorator =>
  Column({ name, type: 'timestamptz', transformer: iso, ...options });

/** Whole numbers beyond four bytes, money in minor units among them (ADR 0026). */
export const BigColumn = (name: string, options: ColumnOptions = {}): PropertyDecorator =>
  Column({ name, type: 'bigint', transformer: wholeNumber, ...options });

/** A place in the log: its byte order is the order of the log. */
export const PositionColumn = (name: string): PropertyDecorator => Column({ name, type: 'text', collation: 'C' });

export const TextColumn = (name: string, options: ColumnOptions = {}): PropertyDecorator => Column({ name, type: 'text', ...options });

/** What a column says of a person, in clear; only the person directory has any (ADR 0008). */
export const PERSONAL: Pick<ColumnOptions, 'comment'> = { comment: 'personal' };

/** The place in its key's events that a row is folded to; written by the engine (ADR 0009). */
export abstract class FoldedEntity {
  @InstantColumn('folded_at')
  foldedAt!: string;

  @PositionColumn('folded_position')
  foldedPosition!: string;
}
