import { describe, expect, it } from '@jest/globals';
import { refusals } from './acceptance.js';
import { contractFaults } from './compatibility.js';
import type { Schema } from './schema.js';
import { count, flag, list, object, text } from './schema.js';

const closed = (schema: Schema): Schema => ({ ...schema, additionalProperties: false });
const channel = (...words: string[]): Schema => ({ type: 'string', enum: words });
const note = (maxLength: number): Schema => ({ type: 'string', minLength: 1, maxLength });
const free: Schema = { type: 'object', additionalProperties: true };

const fields = { channel: channel('phone', 'web'), note: note(100), rings: count(), asked: list(note(60)), fields: free };
const was = closed(object({ at: text() }, { ...fields, person: closed(object({ phone: text() }, { name: text() })) }));
const withField = (name: string, schema: Schema): Schema => ({ ...was, properties: { ...was.properties, [name]: schema } });
const without = (name: string): Schema => ({
  ...was,
  properties: Object.fromEntries(Object.entries(was.properties ?? {}).filter(([each]) => each !== name)),
});

describe('what systems send', () => {
  it.each<[string, Schema, string]>([
    ['a field is gone', without('rings'), 'the data: rings is taken no more'],
    ['a field has another type', withField('rings', text()), 'rings: type is "string" and was "integer"'],
    ['a field became required', { ...was, required: ['at', 'rings'] }, 'the data: rings became required'],
    ['a new field is required', { ...withField('site', text()), required: ['at', 'site'] }, 'the data: site became required'],
    ['a word is gone', withField('channel', channel('phone')), 'channel: web is taken no more'],
    ['words are given where any was taken', withField('at', channel('now')), 'at: any word was taken'],
    ['less room is left', withField('note', note(99)), 'note: maxLength is 99 and was 100'],
    ['more is asked for', withField('note', { ...note(100), minLength: 2 }), 'note: minLength is 2 and was 1'],
    ['a limit is new', withField('rings', { ...count(), maximum: 9 }), 'rings: maximum is 9 and was absent'],
    ['a pattern is new', withField('at', { ...text(), pattern: '^2' }), 'at: pattern is "^2" and was absent'],
    ['a type is gone that said what was taken', withField('fields', closed(object({}, { use: text() }))), 'fields: further fields are'],
    ['what was free has a form', withField('fields', { ...free, properties: { use: text() } }), 'fields: use was free'],
    ['an item has less room', withField('asked', list(note(59))), 'asked[]: maxLength is 59'],
    ['items have a form', closed(object({ at: text() }, { ...fields, asked: list(text('any')) })), 'person is taken no more'],
    ['a field further down is gone', withField('person', closed(object({ phone: text() }))), 'person: name is taken no more'],
  ])('is refused by a later form where %s', (_, is, fault) => {
    expect(refusals(was, is).join('; ')).toContain(fault);
  });

  it.each<[string, Schema]>([
    ['a field more that may be lacking', withField('repeat', flag())],
    ['a field that need not be there any more', { ...was, required: [] }],
    ['a further word', withField('channel', channel('web', 'fax', 'phone'))],
    ['any word', withField('channel', text())],
    ['more room', withField('note', { ...note(200), minLength: 0 })],
    ['no limit any more', withField('note', text())],
    ['further fields', { ...was, additionalProperties: true }],
    ['other words for people', withField('at', text('when'))],
  ])('is taken by a later form with %s', (_, is) => {
    expect(refusals(was, is)).toEqual([]);
  });

  it('is held against every form there was, in this direction alone', () => {
    const type = 'intake.call-made';
    const declared = (schema: Schema, version = 3) => [{ type, version, schema, isSentToUs: true as const }];
    const wider = withField('repeat', flag());
    const released = [
      { type, version: 1, schema: was },
      { type, version: 2, schema: wider },
    ];
    expect(contractFaults(declared(withField('repeat', flag('again'))), released)).toEqual([]);
    expect(contractFaults(declared(was), released)).toEqual([
      `${type} 3 against 2: the data: repeat is taken no more, and older messages have it`,
    ]);
    expect(contractFaults([], released)).toEqual([`${type} is released and declared no more`]);
  });
});
