import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ColumnOptions } from 'typeorm';

// A read model's entity is the one place where its columns stand: the class is the type of a row, and all that must know the
// columns is told by `tableOf`. Names are the properties', in snake case.

/** The table of a read model; of each row it also holds the place that it is folded to, which is the engine's (ADR 0009). */
export const ReadModelTable =
  (table: string): ClassDecorator =>
  (entity) => {
    InstantColumn()(entity.prototype as object, 'foldedAt');
    PositionColumn()(entity.prototype as object, 'foldedPosition');
    Entity({ name: table })(entity);
  };

/** What a row is found by: the projection's key. */
export const KeyColumn = (): PropertyDecorator => PrimaryColumn({ type: 'text' });

export const TextColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ type: 'text', ...options });

/** An instant: ISO 8601 UTC with milliseconds in a row. */
export const InstantColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ type: 'timestamptz', ...options });

/** Whole numbers of four bytes. */
export const CountColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ type: 'integer', ...options });

/** Whole numbers beyond that, money in minor units among them (ADR 0026). */
export const BigColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ type: 'bigint', ...options });

export const FlagColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ type: 'boolean', ...options });

export const JsonColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ type: 'jsonb', ...options });

/** What the fold goes on from; never read by a query. */
export const StateColumn = (): PropertyDecorator => Column({ type: 'jsonb', select: false });

/** A place in the log: its byte order is the order of the log. */
export const PositionColumn = (): PropertyDecorator => Column({ type: 'text', collation: 'C' });

export const MAYBE: Pick<ColumnOptions, 'nullable'> = { nullable: true };

/** What a column says of a person, in clear; only the person directory has any (ADR 0008). */
export const PERSONAL: Pick<ColumnOptions, 'comment'> = { comment: 'personal' };
