import type { Projection, RecordedEvent } from '@touchline/core';
import { parseStreamName } from '@touchline/core';
import { evolvePublished } from '@touchline/touchpoints/playbook/playbook.fold.js';
import { evolveSite } from '@touchline/touchpoints/site/site.fold.js';
import { evolveUnit } from '@touchline/touchpoints/unit/unit.fold.js';
import { evolveUser } from '@touchline/touchpoints/user/user.fold.js';
import { revisionOf } from '../revision.fold.js';
import type { Entry, Listed, PublishedPlaybook } from './group-directory.entity.js';

const KINDS: { readonly [Kind in keyof Listed]: (record: Listed[Kind] | null, event: RecordedEvent) => Listed[Kind] | null } = {
  unit: evolveUnit,
  site: evolveSite,
  user: evolveUser,
  playbook: evolvePlaybook,
};

const isKind = (category: string | undefined): category is keyof Listed => category !== undefined && Object.hasOwn(KINDS, category);

export const groupDirectoryProjection: Projection<Entry> = {
  name: 'group-directory',
  version: 2,
  personal: false,
  keys: (event) => (isKind(parseStreamName(event.stream)?.category) ? [event.stream] : []),
  evolve(row, event, stream, versions) {
    const name = parseStreamName(stream);
    if (name === null || !isKind(name.category)) return row;
    const record = folded(name.category, row, event);
    const revision = revisionOf(row, event, versions);
    return record === null ? null : { stream, tenant: name.tenant, kind: name.category, id: name.id, revision, record };
  },
};

function folded<Kind extends keyof Listed>(kind: Kind, row: Entry | null, event: RecordedEvent): Listed[Kind] | null {
  return KINDS[kind]((row as Entry<Kind> | null)?.record ?? null, event);
}

function evolvePlaybook(playbook: PublishedPlaybook | null, event: RecordedEvent): PublishedPlaybook | null {
  const [published] = evolvePublished([], event);
  if (published === undefined) return playbook;
  const { name, version } = published;
  return { name: { zh: name.zh, en: name.en }, versions: [...(playbook?.versions ?? []), version] };
}
