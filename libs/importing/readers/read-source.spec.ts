import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UnreadableFile } from '../faults.js';
import type { Encoding } from './bytes.js';
import type { ColumnRef, RowOrFault } from './reader.js';
import type { SourceFormat } from './read-source.js';
import { readSource } from './read-source.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchline-readers-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, content: string | Uint8Array, format: SourceFormat, columns: ColumnRef[]): Promise<RowOrFault[]> {
  const path = join(folder, name);
  await writeFile(path, content);
  const rows: RowOrFault[] = [];
  for await (const row of readSource(path, format, columns)) rows.push(row);
  return rows;
}

const rowsOf = (found: RowOrFault[]) => found.filter((row) => 'cells' in row);
const faultsOf = (found: RowOrFault[]) => found.flatMap((row) => ('fault' in row ? [row.fault] : []));
const cut = (line: number) => expect.objectContaining({ line, reason: 'file.cut' });

describe('bytes', () => {
  it('unpacks .gz, and reads past a byte order mark and in other encodings', async () => {
    expect(await read('a.csv.gz', gzipSync('\ufeffa,b\n1,客户\n'), { format: 'csv' }, ['a', 'b'])).toEqual([
      { line: 2, cells: ['1', '客户'] },
    ]);
    const gbk = Buffer.concat([Buffer.from('a\n'), Buffer.from([0xbf, 0xcd, 0xbb, 0xa7]), Buffer.from('\n')]);
    expect(await read('gbk.csv', gbk, { format: 'csv', encoding: 'gb18030' }, ['a'])).toEqual([{ line: 2, cells: ['客户'] }]);
    await expect(read('gbk.csv', gbk, { format: 'csv' }, ['a'])).rejects.toThrow('set file.encoding');
  });

  it.each<[Encoding, number[], string]>([
    ['iso-8859-1', [0x63, 0x61, 0x66, 0xe9], 'café'],
    ['iso-8859-15', [0xa4, 0x31], '€1'],
    ['shift_jis', [0x93, 0xfa, 0x96, 0x7b], '日本'],
    ['utf-16be', [0x5b, 0xa2], '客'],
  ])('reads %s', async (encoding, bytes, text) => {
    const wide = encoding === 'utf-16be' ? [0] : [];
    const content = Buffer.from([...wide, 0x61, ...wide, 0x0a, ...bytes, ...wide, 0x0a]);
    expect(await read('a.csv', content, { format: 'csv', encoding }, ['a'])).toEqual([{ line: 2, cells: [text] }]);
  });

  it('names the very byte that is no text, with its line', async () => {
    const long = Buffer.from(`a,b\n${'客户,1\n'.repeat(20_000)}`);
    const bad = (bytes: number[], more = 'x\n'): Promise<RowOrFault[]> =>
      read('bad.csv', Buffer.concat([long, Buffer.from('ab'), Buffer.from(bytes), Buffer.from(more)]), { format: 'csv' }, ['a']);
    const at = `byte ${long.length + 2} (line 20002)`;
    await expect(bad([0xff])).rejects.toThrow(`0xff at ${at}`);
    // A character that is begun and not ended is wrong from where it begins.
    await expect(bad([0xe5, 0xae], '')).rejects.toThrow(`0xe5 at ${at}`);
    await expect(bad([0xe5, 0xae])).rejects.toThrow(`0xe5 at ${at}`);
    await expect(read('bad.csv', Buffer.from([0xff, 0x61]), { format: 'csv' }, ['a'])).rejects.toThrow('0xff at byte 0 (line 1)');
    const split = Buffer.concat([Buffer.alloc(65_535, 'x'), Buffer.from([0xe5, 0xae, 0x41])]);
    await expect(read('bad.csv', split, { format: 'csv' }, ['a'])).rejects.toThrow('byte 65535 (line 1)');
  });

  it('reports where a packed file was cut, after every record that was whole', async () => {
    const lines = Array.from({ length: 2000 }, (_, index) => `${index},${Math.sin(index)}`);
    const packed = gzipSync(`a,b\n${lines.join('\n')}\n`);
    const found = await read('cut.csv.gz', packed.subarray(0, packed.length / 2), { format: 'csv' }, ['a']);
    const rows = rowsOf(found);
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.length).toBeLessThan(2000);
    expect(faultsOf(found)).toEqual([cut(rows.length + 2)]);
  });

  it('refuses what is no gzip file', async () => {
    await expect(read('no.csv.gz', 'a,b\n1,2\n', { format: 'csv' }, ['a'])).rejects.toThrow(UnreadableFile);
  });
});

describe('jsonl reader', () => {
  const jsonl = (content: string, columns: ColumnRef[]) => read('a.jsonl', content, { format: 'jsonl' }, columns);

  it('gives properties and paths as text, and no value for null and absent', async () => {
    const content = '{"a":1.5,"b":{"c":["x",true]},"d.e":"dotted","n":null}\r\n\n{"a":"2"}\n';
    expect(await jsonl('{"a":null,"b":""}\n{}\n', ['a'])).toEqual([{ empty: 1 }, { empty: 2 }]);
    expect(await jsonl(content, ['a', 'b.c.0', 'b.c.1', 'd.e', 'n', 'toString'])).toEqual([
      { line: 1, cells: ['1.5', 'x', 'true', 'dotted', null, null] },
      { line: 3, cells: ['2', null, null, null, null, null] },
    ]);
  });

  it('reports lines that are no object, and a cut last line', async () => {
    const found = await jsonl('{"a":1}\nnonsense\n[1]\n{"a":{"b":1}}\n{"a":12345678901234567890}\n{"a":2', ['a']);
    expect(rowsOf(found)).toEqual([{ line: 1, cells: ['1'] }]);
    expect(faultsOf(found).map(({ line, column, reason }) => [line, column, reason])).toEqual([
      [2, '', 'record.not-json'],
      [3, '', 'record.not-an-object'],
      [4, 'a', 'value.not-simple'],
      [5, 'a', 'value.number-too-long'],
      [6, '', 'file.cut'],
    ]);
  });
});

describe('xes reader', () => {
  const log = `<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <global scope="event"><string key="concept:name" value="?"/></global>
  <trace>
    <string key="concept:name" value="case-1"/>
    <event>
      <string key="concept:name" value="engaged &amp; met"><string key="nested" value="no"/></string>
      <date key="time:timestamp" value="2020-01-01T00:00:00+08:00"/>
    </event>
    <event><string key="concept:name" value="won"/></event>
  </trace>
  <trace><event><string key="concept:name" value="alone"/></event></trace>
</log>
`;
  const columns = ['case:concept:name', 'concept:name', 'time:timestamp'];
  const xes = (content: string) => read('a.xes', content, { format: 'xes' }, columns);

  it('gives a record an event, with the attributes of its trace', async () => {
    expect(await xes(log)).toEqual([
      { line: 6, cells: ['case-1', 'engaged & met', '2020-01-01T00:00:00+08:00'] },
      { line: 10, cells: ['case-1', 'won', null] },
      { line: 12, cells: [null, 'alone', null] },
    ]);
  });

  it('holds no trace that unpacks to more than it may hold', async () => {
    const event = `<event><string key="concept:name" value="${'x'.repeat(1_000_000)}"/></event>`;
    const packed = gzipSync(`<log><trace>${event.repeat(68)}</trace></log>`, { level: 1 });
    await expect(read('a.xes.gz', packed, { format: 'xes' }, columns)).rejects.toThrow(
      /the values of the trace at line 1, column \d+ have more than/,
    );
    const apart = gzipSync(`<log>${`<trace>${event}</trace>`.repeat(3)}</log>`, { level: 1 });
    expect(await read('a.xes.gz', apart, { format: 'xes' }, columns)).toHaveLength(3);
  });

  it('reports a file cut inside an event, or behind one', async () => {
    const inside = await xes(log.slice(0, log.indexOf('value="won"') + 4));
    expect(rowsOf(inside)).toHaveLength(1);
    expect(faultsOf(inside)).toEqual([cut(10)]);
    const behind = await xes(log.slice(0, log.indexOf('</trace>')));
    expect(rowsOf(behind)).toHaveLength(2);
    expect(faultsOf(behind)).toEqual([cut(11)]);
  });

  it('reads attributes of a trace wherever they stand, any form of a number, any prefix', async () => {
    const names = ['case:concept:name', 'case:phone', 'concept:name', 'price', 'case:media'];
    const input = await readFile(join(import.meta.dirname, '../testing/inputs/trace-attributes-last.xes'), 'utf8');
    const expected = [
      ['X1', '13900070001', 'visit', null, null],
      ['X1', '13900070001', 'sign', '229800', null],
      ['X2', '13900070002', 'visit', null, null],
      ['X3', '13900070003', 'visit', null, null],
      ['X3', '13900070003', 'sign', '229800', null],
      ['X4', '13900070004', 'visit', null, null],
      ['X4', '13900070004', 'sign', '1', null],
    ];
    const prefixed = input.replaceAll(/<(\/?)(?=[a-z])/g, '<$1x:').replace('xmlns=', 'xmlns:x=');
    for (const content of [input, prefixed])
      expect((await read('a.xes', content, { format: 'xes' }, names)).map((row) => ('cells' in row ? row.cells : row))).toEqual(expected);
  });

  it('gives events of the log itself no trace', async () => {
    const content = '<log><event><boolean key="a" value="1"/></event><trace><string key="a" value="x"/><event/></trace></log>';
    expect(await read('a.xes', content, { format: 'xes' }, ['a', 'case:a'])).toEqual([
      { line: 1, cells: ['true', null] },
      { line: 1, cells: [null, 'x'] },
    ]);
  });

  it.each([
    ['lead,phone\nL1,139\n', /no XES: line 1, column 1 is text/],
    ['<html><body/></html>', /no XES: line 1, column \d+ has <html>/],
    ['', /no XES: it ends at line 1, column 0 without a <log>/],
    ['<?xml version="1.0"?>\n<!-- nothing -->\n', /without a <log>/],
  ])('refuses %j, which is none, and says where', async (content, message) => {
    await expect(xes(content)).rejects.toThrow(message);
    await expect(xes(content)).rejects.toThrow(UnreadableFile);
  });

  it('refuses broken XML, and entities that the file defines itself', async () => {
    await expect(xes('<log><trace></log>')).rejects.toThrow(UnreadableFile);
    await expect(xes('<!DOCTYPE log [<!ENTITY a "b">]><log><trace><string key="x" value="&a;"/></trace></log>')).rejects.toThrow(
      UnreadableFile,
    );
  });
});
