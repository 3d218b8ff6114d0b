import { Index } from 'typeorm';
import { CountColumn, InstantColumn, KeyColumn, ReadModelTable, TextColumn } from '../columns.js';

/** A timer that is open (ADR 0049). Nothing personal. */
@ReadModelTable('timers')
@Index('timers_by_due', ['shard', 'dueAt', 'key'])
export class OpenTimer {
  @KeyColumn() key!: string;
  @TextColumn() tenant!: string;
  @TextColumn() kind!: string;
  @TextColumn() stream!: string;
  @CountColumn() shard!: number;
  @InstantColumn() dueAt!: string;
  /** Id of the event that says so. */
  @TextColumn() cause!: string;
}
