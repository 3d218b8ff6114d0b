import { linesOf } from './lines.js';
import type { ColumnRef, Reader, RowOrFault } from './reader.js';
import { CUT } from './reader.js';

/**
 * One JSON object a line. A column is a property, or a path through nested objects and lists: `customer.phones.0`.
 * Numbers and booleans become their text; null and absent are the same: no value.
 */
export const jsonlReader: Reader = async function* (chunks, columns) {
  for await (const { number, text, ended } of linesOf(chunks)) {
    if (text.trim() === '' && ended) continue;
    const parsed = parse(text);
    if (parsed === undefined)
      yield fault(number, '', ended ? 'record.not-json' : CUT, ended ? undefined : 'the file ends inside this record');
    else if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) yield fault(number, '', 'record.not-an-object');
    else if (Object.values(parsed).every((value) => value === null || value === '')) yield { empty: number };
    else yield row(number, parsed as Record<string, unknown>, columns);
  }
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function row(line: number, record: Record<string, unknown>, columns: readonly ColumnRef[]): RowOrFault {
  const cells: (string | null)[] = [];
  for (const column of columns) {
    const value = at(record, String(column));
    if (typeof value === 'object' && value !== null)
      return fault(line, String(column), 'value.not-simple', 'an object or a list; name what is inside it');
    // Digits that JSON.parse has already rounded are not what the source says.
    if (typeof value === 'number' && !Number.isSafeInteger(value) && Math.abs(value) > Number.MAX_SAFE_INTEGER)
      return fault(line, String(column), 'value.number-too-long', 'put it into quotes in the source');
    cells.push(typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : null);
  }
  return { line, cells };
}

/** A property whose name holds the dots wins over a path. */
function at(record: Record<string, unknown>, path: string): unknown {
  if (Object.hasOwn(record, path)) return record[path];
  return path.split('.').reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string, unknown>)[key];
  }, record);
}

const fault = (line: number, column: string, reason: string, detail?: string): RowOrFault => ({
  fault: { line, column, reason, ...(detail !== undefined && { detail }) },
});
