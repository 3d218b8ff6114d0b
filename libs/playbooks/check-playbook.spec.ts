import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { collectGarbage } from '@touchline/testing/collect-garbage.js';
import { parse, stringify } from 'yaml';
import { parsePlaybook } from './check-playbook.js';
import { fieldFaults } from './declared-fields.js';
import { declaredTouchpoint, stageReached } from './playbook.js';
import type { Playbook } from './playbook.js';

const known = new Set(['call-received', 'call-made', 'visit-received']);

const good = `
id: bikes
version: 3
name: { zh: 自行车, en: Bikes }
reactivationDays: 90
stages:
  - { id: hello, name: { zh: 接待, en: Hello } }
  - { id: ride, name: { zh: 试骑, en: Ride } }
touchpoints: { call-received: hello, call-made: null }
declares:
  test-ride:
    name: { zh: 试骑, en: Test ride }
    stage: ride
    fields:
      type: object
      additionalProperties: false
      required: [minutes]
      properties:
        minutes: { type: integer, minimum: 1, label: { zh: 分钟, en: Minutes } }
        on: { type: string, format: date }
        at: { type: string, format: date-time }
`;

interface Draft {
  [key: string]: unknown;
  stages: { id: unknown; name: unknown }[];
  touchpoints: { [key: string]: unknown };
  declares: { [key: string]: { [key: string]: unknown; fields: { [key: string]: unknown } } };
}

const faultsOf = (change: (draft: Draft) => void): string[] => {
  const draft = parse(good) as Draft;
  change(draft);
  const checked = parsePlaybook(stringify(draft), known);
  return 'faults' in checked ? checked.faults.map(({ path, rule }) => `${path} ${rule}`) : [];
};

const playbookOf = (text: string): Playbook => {
  const checked = parsePlaybook(text, known);
  if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
  return checked.playbook;
};

const ride = (draft: Draft) => draft.declares['test-ride'] ?? { fields: {} };

const nested = (depth: number): object =>
  depth === 0 ? { type: 'string' } : { type: 'object', additionalProperties: false, properties: { inner: nested(depth - 1) } };

describe('a playbook file', () => {
  it('is read, with what it leaves out filled in', () => {
    const playbook = playbookOf(good);
    expect(playbook).toMatchObject({ id: 'bikes', version: 3, reactivationDays: 90, attributes: [] });
    expect(playbook.stages.map((stage) => stage.id)).toEqual(['hello', 'ride']);
  });

  it.each<[string, (draft: Draft) => void, string]>([
    ['a missing field', (d) => delete d['name'], '/name required'],
    ['an unknown field', (d) => (d['clocks'] = []), '/clocks unknown-field'],
    ['a wrong type', (d) => (d['version'] = 'three'), '/version type'],
    ['a bad id', (d) => (d['id'] = 'Bikes!'), '/id pattern'],
    ['a stage without its English name', (d) => (d.stages[1] = { id: 'ride', name: { zh: '试骑' } }), '/stages/1/name/en required'],
    ['a stage twice', (d) => d.stages.push({ id: 'hello', name: { zh: '接待', en: 'Hello' } }), '/stages/2/id duplicate-stage'],
    ['a touchpoint of an unknown stage', (d) => (d.touchpoints['call-made'] = 'moon'), '/touchpoints/call-made unknown-stage'],
    ['a touchpoint nobody knows', (d) => (d.touchpoints['teleport'] = 'hello'), '/touchpoints/teleport unknown-touchpoint'],
    ['a declared type of an unknown stage', (d) => (ride(d)['stage'] = 'moon'), '/declares/test-ride/stage unknown-stage'],
    ['a declared type that is built in', (d) => (d.declares['visit-received'] = ride(d)), '/declares/visit-received built-in-touchpoint'],
    ['fields that are no object', (d) => (ride(d).fields = { type: 'string' }), '/declares/test-ride/fields/type const'],
    ['fields left open', (d) => delete ride(d).fields['additionalProperties'], '/declares/test-ride/fields/additionalProperties required'],
    [
      'a keyword that is not offered',
      (d) => (ride(d).fields['properties'] = { a: { type: 'string', pattern: '(a+)+$' } }),
      '/declares/test-ride/fields/properties/a/pattern unknown-field',
    ],
    [
      'a keyword that cannot apply',
      (d) => (ride(d).fields = { ...ride(d).fields, required: [], properties: { a: { type: 'string', minimum: 1 } } }),
      '/declares/test-ride/fields fields-schema',
    ],
    ['a required field that is not declared', (d) => (ride(d).fields['required'] = ['weight']), '/declares/test-ride/fields fields-schema'],
    [
      'a word that is no text',
      (d) => (ride(d).fields = { ...ride(d).fields, required: [], properties: { a: { type: 'integer', words: 'product' } } }),
      '/declares/test-ride/fields/properties/a/type const',
    ],
    [
      'a word of a list that no group has',
      (d) => (ride(d).fields = { ...ride(d).fields, required: [], properties: { a: { type: 'string', words: 'names' } } }),
      '/declares/test-ride/fields/properties/a/words enum',
    ],
    [
      'a word within what is sealed',
      (d) =>
        (ride(d).fields = {
          ...ride(d).fields,
          required: [],
          properties: {
            car: {
              type: 'object',
              additionalProperties: false,
              properties: { model: { type: 'string', words: 'product' }, colour: { type: 'string' } },
            },
          },
        }),
      '/declares/test-ride/fields/properties/car words-sealed',
    ],
    ['fields nested too deep', (d) => (ride(d).fields = nested(5) as never), '/declares/test-ride/fields fields-too-deep'],
    [
      'fields too large',
      (d) =>
        (ride(d).fields['properties'] = Object.fromEntries(
          Array.from({ length: 50 }, (_, i) => [`f${i}`, { type: 'string', description: 'x'.repeat(400) }]),
        )),
      '/declares/test-ride/fields fields-too-large',
    ],
  ])('is refused for %s', (_name, change, expected) => {
    expect(faultsOf(change)).toContain(expected);
  });

  it('takes fields as deep as allowed', () => {
    expect(faultsOf((d) => (ride(d).fields = nested(4) as never))).toEqual([]);
  });

  it('names every fault at once, and each one only once', () => {
    expect(
      faultsOf((d) => {
        d['version'] = 0;
        d.touchpoints['call-made'] = 'moon';
        d.touchpoints['teleport'] = 'moon';
        ride(d)['stage'] = 'mars';
      }).sort(),
    ).toEqual([
      '/declares/test-ride/stage unknown-stage',
      '/touchpoints/call-made unknown-stage',
      '/touchpoints/teleport unknown-stage',
      '/touchpoints/teleport unknown-touchpoint',
      '/version minimum',
    ]);
  });

  it('says which stage is unknown', () => {
    const checked = parsePlaybook(good.replace('call-made: null', 'call-made: moon'), known);
    expect(checked).toEqual({ faults: [{ path: '/touchpoints/call-made', rule: 'unknown-stage', detail: 'there is no stage moon' }] });
  });

  const keys = (count: number, between: string): string =>
    Array.from({ length: count }, (_, i) => ` k${i}: a`)
      .join(between)
      .slice(0, 190_000);
  const bomb = Array.from(
    { length: 9 },
    (_, i) =>
      `a${i}: &a${i} [${
        i === 0
          ? 'x'
          : Array(10)
              .fill(`*a${i - 1}`)
              .join(',')
      }]`,
  ).join('\n');
  it.each([
    ['no YAML', 'id: [unclosed', 'yaml'],
    ['a key twice', `${good}\nversion: 4`, 'yaml'],
    ['a value of an unknown tag', good.replace('version: 3', 'version: !!js/function 3'), 'yaml'],
    ['an alias of nothing', 'id: *nobody', 'yaml'],
    ['aliases that multiply', bomb, 'yaml'],
    ['nesting without end', '['.repeat(100_000), 'too-large'],
    ['nesting', '['.repeat(1_000), 'yaml'],
    ['too much text', `# ${'x'.repeat(200_000)}`, 'too-large'],
    ['more keys than can be compared each with each', `{${keys(22_000, ',')}}`, 'too-large'],
    ['more keys in a block', `touchpoints:\n${keys(20_000, '\n')}`, 'too-large'],
    ['a list without end', `[${'a,'.repeat(99_000)}]`, 'too-large'],
    ['many aliases', `a: &a 1\nb: [${'*a,'.repeat(101)}]`, 'too-large'],
    ['nothing at all', '', 'type'],
  ])('is refused for %s', (_name, text, rule) => {
    const checked = parsePlaybook(text, known);
    expect('faults' in checked && checked.faults.map((fault) => fault.rule)).toContain(rule);
  });
});

describe('checking a playbook', () => {
  it('keeps nothing of it', async () => {
    const check = (): WeakRef<object> => new WeakRef(playbookOf(good).declares['test-ride']!.fields);
    const checked = check();
    // What a weak reference was made for lives until this turn is over.
    await nextTurn();
    collectGarbage();
    expect(checked.deref()).toBeUndefined();
  });
});

describe('the stage a touchpoint reaches', () => {
  const playbook = playbookOf(good);

  it.each([
    ['call-received', { id: 'hello', order: 0 }],
    ['test-ride', { id: 'ride', order: 1 }],
    ['call-made', undefined],
    ['visit-received', undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
  ])('%s', (type, reached) => {
    expect(stageReached(playbook, type)).toEqual(reached);
  });

  it('finds no declared type under a name that every object has', () => {
    expect(declaredTouchpoint(playbook, 'constructor')).toBeUndefined();
    expect(declaredTouchpoint(playbook, 'test-ride')?.stage).toBe('ride');
  });
});

describe("a declared touchpoint's fields", () => {
  const { fields } = playbookOf(good).declares['test-ride']!;

  it.each([
    [{ minutes: 20, on: '2026-03-07' }, []],
    [{}, ['/minutes required']],
    [{ minutes: 0 }, ['/minutes minimum']],
    [{ minutes: '20' }, ['/minutes type']],
    [{ minutes: 1, on: '7 March' }, ['/on format']],
    [{ minutes: 1, on: '2026-02-30' }, ['/on format']],
    [{ minutes: 1, on: '0001-01-01' }, ['/on format']],
    [{ minutes: 1, at: '2026-02-30T10:00:00+08:00' }, ['/at format']],
    [{ minutes: 1, at: '0001-01-01T00:00:00+08:00' }, ['/at format']],
    [{ minutes: 1, at: '2026-03-07T10:00:00+08:00' }, []],
    [{ minutes: 1, speed: 30 }, ['/speed unknown-field']],
    ['twenty', [' type']],
  ])('%j', (data, expected) => {
    expect(fieldFaults(fields, data).map(({ path, rule }) => `${path} ${rule}`)).toEqual(expected);
  });
});
