// Arrays as Postgres takes them in its binary format, which pg sends for a Buffer: no quoting here, no parsing there.
// Of JSON texts, full of quotes, the text format takes several times as long.

const TEXT = 25;
const UUID = 2950;
const INT4 = 23;
const INT8 = 20;

const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;

const NULL_LENGTH = -1;

/** One dimension from 1; `write` puts an element at its place and gives its length. */
function arrayOf<T>(
  oid: number,
  values: readonly (T | null)[],
  bytes: number,
  write: (into: Buffer, value: T, at: number) => number,
): Buffer {
  // An array without elements has no dimension.
  const dimensions = values.length === 0 ? 0 : 1;
  const buffer = Buffer.allocUnsafe(dimensions === 0 ? 12 : HEADER_BYTES + values.length * LENGTH_BYTES + bytes);
  buffer.writeInt32BE(dimensions, 0);
  buffer.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  buffer.writeInt32BE(oid, 8);
  if (dimensions === 0) return buffer;
  buffer.writeInt32BE(values.length, 12);
  buffer.writeInt32BE(1, 16);
  let at = HEADER_BYTES;
  for (const value of values) {
    const length = value === null ? NULL_LENGTH : write(buffer, value, at + LENGTH_BYTES);
    buffer.writeInt32BE(length, at);
    at += LENGTH_BYTES + Math.max(0, length);
  }
  return buffer;
}

export const textArray = (values: readonly (string | null)[]): Buffer =>
  arrayOf(
    TEXT,
    values,
    values.reduce((sum, text) => sum + (text === null ? 0 : Buffer.byteLength(text)), 0),
    (into, text, at) => into.write(text, at),
  );

export const uuidArray = (values: readonly string[]): Buffer =>
  arrayOf(UUID, values, values.length * 16, (into, uuid, at) => into.write(uuid.replaceAll('-', ''), at, 16, 'hex'));

export const intArray = (values: readonly number[]): Buffer =>
  arrayOf(INT4, values, values.length * 4, (into, value, at) => into.writeInt32BE(value, at) - at);

export const bigintArray = (values: readonly number[]): Buffer =>
  arrayOf(INT8, values, values.length * 8, (into, value, at) => into.writeBigInt64BE(BigInt(value), at) - at);
