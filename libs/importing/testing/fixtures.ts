import type { Playbook } from '@touchline/playbooks';
import type { Mapping } from '../mapping/mapping.js';
import { parseMapping } from '../mapping/read-mapping.js';

const name = (en: string): { zh: string; en: string } => ({ zh: en, en });

export const bikes: Playbook = {
  id: 'bikes',
  version: 1,
  name: name('Bikes'),
  stages: [
    { id: 'engaged', name: name('Engaged') },
    { id: 'won', name: name('Won') },
  ],
  touchpoints: { 'contract-signed': 'won', 'visit-received': 'engaged' },
  declares: {
    engaged: {
      name: name('Engaged'),
      stage: 'engaged',
      fields: {
        type: 'object',
        additionalProperties: false,
        properties: { size: { type: 'integer', minimum: 1, maximum: 9 }, on: { type: 'string', format: 'date-time' } },
      },
    },
  },
  attributes: ['sector'],
  reactivationDays: 30,
};

/** A small mapping that uses most of what there is. */
export const MAPPING = `
version: 1
tenant: maven
source: crm
file: { format: csv }
zone: Asia/Shanghai
missing: ['?']
playbook: { id: bikes, version: 1 }
case: [{ column: id }]
journey:
  site: { column: office, map: { East: east, West: west } }
  productLine: { value: bikes }
  customer: { identifier: { column: account }, name: { column: account }, whenMissing: unidentified }
  owner: { column: agent, transform: slug }
  product: { column: product }
  attributes:
    sector: { column: sector, default: (none) }
facts:
  - name: engaged
    touchpoint: engaged
    at: { column: engaged, format: yyyy-MM-dd }
    fields: { size: { column: size } }
  - name: won
    touchpoint: contract-signed
    when: [{ column: stage, is: Won }]
    at: { column: closed, format: yyyy-MM-dd }
    fields:
      price: { column: value, currency: USD }
  - name: lost
    touchpoint: journey-lost
    when: [{ column: stage, is: Lost }]
    at: { column: closed, format: yyyy-MM-dd }
    fields: { kind: { value: unknown } }
words: add
`;

export const mappingOf = (text = MAPPING): Mapping => parseMapping('map.yaml', text);
