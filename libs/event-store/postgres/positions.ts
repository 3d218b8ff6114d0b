import { asPosition, type Position } from '@touchline/core';

const HEX_DIGITS = 16;

/** Row numbers from 1, as fixed-width hexadecimal, so that the order of the text is the order of the log (ADR 0001). */
export const toPosition = (row: string | number): Position => asPosition(Number(row).toString(16).padStart(HEX_DIGITS, '0'));

/** The row number of a position; null where the text is no position of a log of this kind. */
export function rowOf(position: Position): number | null {
  if (!/^[0-9a-f]{16}$/.test(position)) return null;
  const row = Number.parseInt(position, 16);
  return Number.isSafeInteger(row) ? row : null;
}

/** The row number a reader starts after; 0 for the beginning. @throws RangeError for another log's kind of position */
export function rowAfter(position: Position | null | undefined): number {
  if (position === null || position === undefined) return 0;
  const row = rowOf(position);
  if (row === null) throw new RangeError(`not a position of this log: ${position}`);
  return row;
}
