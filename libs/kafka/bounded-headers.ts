import { createRequire } from 'node:module';

/** A header as the client has it before it makes an object of all of them. */
interface RawHeader {
  key: string;
  value: Buffer | null;
}

/** Most headers of a record that are read; our own have some twenty. */
export const MOST_HEADERS = 100;
/** Stands for the others in what the client hands out. No record has it: what begins so is left out with them. */
const LEFT_OUT = '\0left-out';

type Reader = (decoder: object) => unknown;
interface Decoder {
  readVarIntArray(reader: Reader): unknown[];
}

/**
 * The client copies all headers of a record for each of them: a record of 30 KB with 5,000 headers stops the process for seven
 * seconds, one of 100 KB for minutes. Arrays of this form are headers and nothing else, so they are cut where they are read.
 */
export function boundHeaders(): void {
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/protocol/decoder.js') as { prototype: Decoder & { isBounded?: true } };
  if (prototype.isBounded === true) return;
  prototype.isBounded = true;
  const readAll = Reflect.get<typeof prototype, 'readVarIntArray'>(prototype, 'readVarIntArray');
  prototype.readVarIntArray = function bounded(this: Decoder, reader) {
    const all = readAll.call(this, reader) as RawHeader[];
    const kept = all.slice(0, MOST_HEADERS).filter(({ key }) => !key.startsWith(LEFT_OUT));
    return kept.length === all.length ? all : [...kept, { key: LEFT_OUT, value: Buffer.from(String(all.length - kept.length)) }];
  };
}

/** Headers as they were sent: what has no value is absent, and one name may have several. */
export type Headers = Readonly<Record<string, Buffer | Buffer[]>>;

/**
 * What the client made of them, without what it takes from Object.prototype where a header has the name of something there, and
 * how many were left out.
 */
export function headersOf(sent: Readonly<Record<string, unknown>> | undefined): { headers: Headers; leftOut: number } {
  const headers = Object.create(null) as Record<string, Buffer | Buffer[]>;
  let leftOut = 0;
  for (const [name, value] of Object.entries(sent ?? {})) {
    const values = (Array.isArray(value) ? value : [value]).filter((each): each is Buffer => Buffer.isBuffer(each));
    if (name === LEFT_OUT) leftOut = Number(values[0]?.toString());
    else if (values.length > 0) headers[name] = Array.isArray(value) && values.length > 1 ? values : values[0]!;
  }
  return { headers, leftOut };
}
