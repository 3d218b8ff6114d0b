import type { Condition } from '../mapping/mapping.js';
import type { Row } from '../readers/reader.js';
import type { ValueScope } from './read-value.js';
import { valueReader } from './read-value.js';

/** True for the records that fulfil every condition. Texts are compared as they are, without blanks around them. */
export function conditionReader(conditions: readonly Condition[], scope: ValueScope): (row: Row) => boolean {
  const checks = conditions.map((condition) => {
    const read = valueReader({ column: condition.column, ...(condition.join !== undefined && { join: condition.join }) }, scope);
    const holds = checkOf(condition);
    return (row: Row): boolean => {
      const { value = null } = read(row) as { value?: string | null };
      return holds(value === null ? null : value.trim());
    };
  });
  return (row) => checks.every((check) => check(row));
}

function checkOf({ is, isNot, present }: Condition): (text: string | null) => boolean {
  if (present !== undefined) return (text) => (text !== null) === present;
  const named = new Set([is ?? isNot ?? []].flat());
  return is === undefined ? (text) => text === null || !named.has(text) : (text) => text !== null && named.has(text);
}
