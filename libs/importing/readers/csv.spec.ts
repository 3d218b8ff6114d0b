import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { MappingFaults, UnreadableFile } from '../faults.js';
import type { CsvOptions } from './csv.js';
import { csvReader } from './csv.js';
import type { ColumnRef, RowOrFault } from './reader.js';
import { TruncatedInput } from './reader.js';

/** Hands the text over in pieces of a few bytes, so that records and characters cross the borders of chunks. */
async function* pieces(text: string, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const input = (name: string): Promise<string> => readFile(join(import.meta.dirname, '../testing/inputs', name), 'utf8');

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
      throw new TruncatedInput('unexpected end');
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
        'there is no column "z"; there are: "a", "b", "b"',
        'there is no column 9, the header has 3: "a", "b", "b"',
      ]),
    );
    expect(await read('a,b,b\n1,2,3\n', [2, 3])).toEqual([{ line: 2, cells: ['2', '3'] }]);
  });

  it('refuses a file whose quoting breaks in the middle, instead of losing what follows', async () => {
    await expect(read('a,b\n1,2\n3,"x"y\n5,6\n', ['a'])).rejects.toThrow(UnreadableFile);
    await expect(read('a,b\n1,2\n3,"x"y\n5,6\n', ['a'])).rejects.toThrow('line 3');
    await expect(read('', ['a'])).rejects.toThrow('no header');
  });

  it('names the column that is meant, where only case, width or blanks differ', async () => {
    await expect(read('Ａgent , b\n1,2\n', ['agent'])).rejects.toThrow(/"agent" \(is "Ａgent " meant\?\); there are: "Ａgent ", " b"/);
  });

  it('reads lines that end in CR alone, as old spreadsheets write them', async () => {
    expect(await read('a,"b\rc"\r1,2\r\r"3\rx",4\r5', ['a'])).toEqual([
      { line: 3, cells: ['1'] },
      { line: 5, cells: ['3\rx'] },
      { fault: { line: 7, column: '', reason: 'file.cut', detail: 'the file ends inside this record' } },
    ]);
    expect(await read(await input('cr-only.csv'), ['lead', 'remark'])).toEqual([
      { line: 2, cells: ['L21', 'x'] },
      { line: 3, cells: ['L22', 'y'] },
    ]);
    // A CR within a line of another file is part of its text.
    expect(await read('a,b\n1\r,2\n', ['a'])).toEqual([{ line: 2, cells: ['1\r'] }]);
  });

  it('passes over records without any value, and tells where they stand', async () => {
    const found = await read(await input('empty-records.csv'), ['lead', 'name']);
    expect(found.filter((row) => 'cells' in row)).toEqual([
      { line: 2, cells: ['L11', '甲'] },
      { line: 3, cells: ['L12', '乙'] },
    ]);
    expect(found.slice(2)).toEqual(Array.from({ length: 300 }, (_, index) => ({ empty: index + 4 })));
    expect(await read('a,b\n , \n,,,\n  \n', ['a'])).toEqual([{ empty: 2 }, { empty: 3 }, { empty: 4 }]);
  });

  it('reads quotes that another sign stands before', async () => {
    expect(await read(await input('backslash-quotes.csv'), ['lead', 'name'], { escape: '\\' })).toEqual([
      { line: 2, cells: ['L41', '甲 "阿甲" 先生'] },
      { line: 3, cells: ['L42', '乙'] },
    ]);
    await expect(read(await input('backslash-quotes.csv'), ['lead'])).rejects.toThrow(/file\.escape/);
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
