import { describe, expect, it } from '@jest/globals';
import { MappingFaults, UnreadableFile } from '../faults.js';
import type { CsvOptions } from './csv.js';
import { csvReader } from './csv.js';
import type { ColumnRef, RowOrFault } from './reader.js';
import { CutShort } from './reader.js';

/** Hands the text over in pieces of a few bytes, so that records and characters cross the borders of chunks. */
async function* pieces(text: string, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string | AsyncIterable<Uint8Array>, columns: ColumnRef[], options?: CsvOptions): Promise<RowOrFault[]> {
  const found: RowOrFault[] = [];
  for await (const row of csvReader(options)(typeof text === 'string' ? pieces(text) : text, columns)) found.push(row);
  return found;
}

describe('csv reader', () => {
  it('gives the columns asked for, in their order, with the line each record begins on', async () => {
    expect(await read('a,b,c\n1,2,3\n4,5,6\n', ['c', 'a'])).toEqual([
      { line: 2, cells: ['3', '1'] },
      { line: 3, cells: ['6', '4'] },
    ]);
  });

  it.each(['\n', '\r\n'])('counts lines past line breaks inside quotes and empty lines (%j)', async (br) => {
    const text = `a,b${br}"x${br}y${br}z",1${br}${br}客户,"he said ""no"""${br}${br}${br}last,3`;
    expect(await read(text, ['a', 'b'])).toEqual([
      { line: 2, cells: [`x${br}y${br}z`, '1'] },
      { line: 6, cells: ['客户', 'he said "no"'] },
      { line: 9, cells: ['last', '3'] },
    ]);
  });

  it('reports a record of another length, also the last one of a file that is whole', async () => {
    expect(await read('a,b\n1\n1,2\n1,2,3\n1\n', ['a'])).toEqual([
      { fault: { line: 2, column: '', reason: 'record.field-count', detail: '1 fields, the header has 2' } },
      { line: 3, cells: ['1'] },
      { fault: { line: 4, column: '', reason: 'record.field-count', detail: '3 fields, the header has 2' } },
      { fault: { line: 5, column: '', reason: 'record.field-count', detail: '1 fields, the header has 2' } },
    ]);
  });

  it.each(['a,b\n"x\ny",1\n2,"unfinish', 'a,b\n"x\ny",1\n2'])(
    'reports a file cut inside its last record, with its line: %j',
    async (text) => {
      expect(await read(text, ['a'])).toEqual([
        { line: 2, cells: ['x\ny'] },
        { fault: { line: 4, column: '', reason: 'file.cut', detail: 'the file ends inside this record' } },
      ]);
    },
  );

  it('reports the cut of a compressed stream', async () => {
    async function* cut(): AsyncGenerator<Uint8Array> {
      yield* pieces('a,b\n1,2\n3');
      throw new CutShort('unexpected end');
    }
    expect(await read(cut(), ['a'])).toEqual([
      { line: 2, cells: ['1'] },
      { fault: { line: 3, column: '', reason: 'file.cut', detail: 'the file ends inside this record' } },
    ]);
  });

  it('wants two columns of one name addressed by place', async () => {
    await expect(read('a,b,b\n1,2,3\n', ['b', 'z', 9])).rejects.toThrow(
      new MappingFaults('the header of the file', [
        'column "b" occurs 2 times; name it by its place: 2 or 3',
        'there is no column "z"',
        'there is no column 9, the header has 3',
      ]),
    );
    expect(await read('a,b,b\n1,2,3\n', [2, 3])).toEqual([{ line: 2, cells: ['2', '3'] }]);
  });

  it('refuses a file whose quoting breaks in the middle, instead of losing what follows', async () => {
    await expect(read('a,b\n1,2\n3,"x"y\n5,6\n', ['a'])).rejects.toThrow(UnreadableFile);
    await expect(read('a,b\n1,2\n3,"x"y\n5,6\n', ['a'])).rejects.toThrow('line 3');
    await expect(read('', ['a'])).rejects.toThrow('no header');
  });

  it('reads other delimiters, and sources that do not quote', async () => {
    expect(await read('a;b\n1;"x\n', ['b'], { delimiter: ';', quote: null })).toEqual([{ line: 2, cells: ['"x'] }]);
  });

  it('passes on what the source of the bytes failed with', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* pieces('a,b\n1,2\n');
      throw new Error('disk on fire');
    }
    await expect(read(failing(), ['a'])).rejects.toThrow('disk on fire');
  });
});
