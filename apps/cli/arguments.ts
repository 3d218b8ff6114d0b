import { InvalidArgumentError } from 'commander';
import { readInstant } from '@touchline/core';

/** An option's date and time, in UTC. */
export function instant(text: string): string {
  const read = readInstant(text);
  if (read === null) throw new InvalidArgumentError('a date and time with an offset, such as 2026-03-31T23:59:59+08:00');
  return read;
}
