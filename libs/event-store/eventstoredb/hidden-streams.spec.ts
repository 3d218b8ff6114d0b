import { describe, expect, it } from '@jest/globals';
import { asPosition } from '@touchline/core';
import { damageBy } from './hidden-streams.js';

const record = (stream: string, type: string, data: string) => ({
  ...{ id: 'x', stream, revision: 0, type, data, metadata: '' },
  position: asPosition('p'),
});

describe('a record of the server', () => {
  it.each([
    ['a soft delete', '{"$tb":9223372036854775807}', 'its metadata hides events ($tb)'],
    ['a truncation, and others', '{"$maxCount": 10,"$maxAge":600}', 'its metadata hides events ($maxCount, $maxAge)'],
    ['rights only', '{"$acl":{"$r":"$all"}}', null],
    ['a truncation taken back', '{"$tb":0}', null],
  ])('tells what it does to a stream: %s', (_, data, how) => {
    expect(damageBy(record('$$journey-a.1', '$metadata', data))).toEqual({ stream: 'journey-a.1', position: 'p', how });
  });

  it('tells of a tombstone, and nothing of streams that are not ours', () => {
    expect(damageBy(record('journey-a.1', '$streamDeleted', ''))).toMatchObject({ stream: 'journey-a.1' });
    for (const [stream, type] of [
      ['$$$stats', '$metadata'],
      ['$stats', '$streamDeleted'],
      ['$$journey-a.1', '$other'],
      ['$stats', '$statsCollected'],
    ] as const)
      expect(damageBy(record(stream, type, '{"$maxCount":1}'))).toBeNull();
  });
});
