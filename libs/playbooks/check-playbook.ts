import type { JsonObject } from '@touchline/core';
import type { Fault } from './declared-fields.js';
import { escapePointer, formFaults, schemaFault } from './declared-fields.js';
import { holdsText, holdsWords } from './free-text.js';
import type { Playbook } from './playbook.js';
import { MAX_FIELDS_DEPTH, MAX_FIELDS_SIZE, MAX_PLAYBOOK_SIZE } from './playbook.schema.js';
import { readYaml } from './read-yaml.js';

export type CheckedPlaybook = { playbook: Playbook } | { faults: Fault[] };

/** Stored names of the built-in touchpoint types; a playbook may place no other. */
export type KnownTypes = ReadonlySet<string>;

/** Reads a playbook file. Every fault is found at once, each with its path and rule. */
export function parsePlaybook(yamlText: string, known: KnownTypes): CheckedPlaybook {
  if (yamlText.length > MAX_PLAYBOOK_SIZE)
    return { faults: [{ path: '', rule: 'too-large', detail: `must not be longer than ${MAX_PLAYBOOK_SIZE} characters` }] };
  const read = readYaml(yamlText);
  return 'faults' in read ? { faults: read.faults.map((fault) => ({ path: '', ...fault })) } : checkPlaybook(read.value, known);
}

function checkPlaybook(value: unknown, known: KnownTypes): CheckedPlaybook {
  const faults = [...formFaults(value), ...meaningFaults(value, known)];
  if (faults.length > 0) return { faults };
  const checked = value as Omit<Playbook, 'declares' | 'attributes'> & Partial<Pick<Playbook, 'declares' | 'attributes'>>;
  return { playbook: { ...checked, declares: checked.declares ?? {}, attributes: checked.attributes ?? [] } };
}

/** What one place of a playbook says of another. Looks only at what has the form it should have; the rest is named already. */
function meaningFaults(value: unknown, known: KnownTypes): Fault[] {
  const playbook = asObject(value);
  const stageIds = (Array.isArray(playbook['stages']) ? playbook['stages'] : []).map((stage) => asObject(stage)['id']);
  const faults = stageIds.flatMap((id, index) =>
    stageIds.indexOf(id) < index
      ? [{ path: `/stages/${index}/id`, rule: 'duplicate-stage', detail: 'a stage before it has the same id' }]
      : [],
  );
  const stageFault = (path: string, stage: unknown): Fault[] =>
    typeof stage === 'string' && !stageIds.includes(stage) ? [{ path, rule: 'unknown-stage', detail: `there is no stage ${stage}` }] : [];

  for (const [type, stage] of Object.entries(asObject(playbook['touchpoints']))) {
    const path = `/touchpoints/${escapePointer(type)}`;
    if (!known.has(type)) faults.push({ path, rule: 'unknown-touchpoint', detail: `there is no built-in touchpoint type ${type}` });
    faults.push(...stageFault(path, stage));
  }
  for (const [type, declared] of Object.entries(asObject(playbook['declares']))) {
    const path = `/declares/${escapePointer(type)}`;
    const { stage, fields } = asObject(declared);
    if (known.has(type)) faults.push({ path, rule: 'built-in-touchpoint', detail: `${type} is a built-in touchpoint type` });
    faults.push(...stageFault(`${path}/stage`, stage), ...fieldsFaults(`${path}/fields`, asObject(fields)));
  }
  return faults;
}

function fieldsFaults(path: string, fields: JsonObject): Fault[] {
  const size = JSON.stringify(fields).length;
  if (size > MAX_FIELDS_SIZE)
    return [{ path, rule: 'fields-too-large', detail: `must not be longer than ${MAX_FIELDS_SIZE} characters as JSON` }];
  if (depthOf(fields) > MAX_FIELDS_DEPTH) return [{ path, rule: 'fields-too-deep', detail: `fields may nest ${MAX_FIELDS_DEPTH} deep` }];
  const mixed = Object.entries(asObject(fields['properties'])).filter(
    ([, field]) => holdsText(asObject(field)) && holdsWords(asObject(field)),
  );
  if (mixed.length > 0)
    return mixed.map(([name]) => ({
      path: `${path}/properties/${escapePointer(name)}`,
      rule: 'words-sealed',
      detail: 'a field that may hold any text is sealed whole, so no part of it is a word of the group',
    }));
  const unusable = schemaFault(fields);
  return unusable === undefined ? [] : [{ path, rule: 'fields-schema', detail: unusable }];
}

/** How many objects and lists lie inside one another, the outermost object counted. */
function depthOf(schema: JsonObject): number {
  const inner = [...Object.values(asObject(schema['properties'])), schema['items']].map(asObject);
  return 1 + Math.max(0, ...inner.filter((field) => field['type'] === 'object' || field['type'] === 'array').map(depthOf));
}

const asObject = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
