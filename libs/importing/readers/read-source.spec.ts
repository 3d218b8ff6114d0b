import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UnreadableFile } from '../faults.js';
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

const rowsOf = (found: RowOrFault[]) => found.filter((row) => !('fault' in row));
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

  it('reports a file cut inside an event, or behind one', async () => {
    const inside = await xes(log.slice(0, log.indexOf('value="won"') + 4));
    expect(rowsOf(inside)).toHaveLength(1);
    expect(faultsOf(inside)).toEqual([cut(10)]);
    const behind = await xes(log.slice(0, log.indexOf('</trace>')));
    expect(rowsOf(behind)).toHaveLength(2);
    expect(faultsOf(behind)).toEqual([cut(11)]);
  });

  it('refuses broken XML, and entities that the file defines itself', async () => {
    await expect(xes('<log><trace></log>')).rejects.toThrow(UnreadableFile);
    await expect(xes('<!DOCTYPE log [<!ENTITY a "b">]><log><trace><string key="x" value="&a;"/></trace></log>')).rejects.toThrow(
      UnreadableFile,
    );
  });
});
