/** A playbook file and mapping of a small shop; the source's columns are id, office, account, agent, sector, engaged, stage, closed, value. */
export const PLAYBOOK = `
id: bikes
version: 1
name: { zh: 自行车, en: Bikes }
reactivationDays: 30
stages:
  - { id: engaged, name: { zh: 接触, en: Engaged } }
  - { id: won, name: { zh: 赢单, en: Won } }
touchpoints: { contract-signed: won }
declares:
  engaged:
    name: { zh: 接触, en: Engaged }
    stage: engaged
    fields: { type: object, additionalProperties: false, properties: {} }
attributes: [sector]
`;

export const MAP = `
version: 1
tenant: shop
source: crm
file: { format: csv }
zone: UTC
words: add
playbook: { file: playbook.yaml }
directory:
  units: [{ id: shop, name: Shop }]
  sites:
    - { id: east, name: East, unit: shop, zone: UTC, productLines: [bikes] }
    - { id: west, name: West, unit: shop, zone: UTC, productLines: [bikes] }
  users:
    - { login: ann, name: Ann, roles: [consultant], sites: [east] }
    - { login: bob, name: Bob, roles: [consultant], sites: all }
case: [{ column: id }]
journey:
  site: { column: office }
  productLine: { value: bikes }
  customer: { identifier: { column: account }, name: { column: account }, whenMissing: unidentified }
  owner: { column: agent }
  attributes: { sector: { column: sector } }
facts:
  - { name: engaged, touchpoint: engaged, at: { column: engaged, format: yyyy-MM-dd } }
  - name: won
    touchpoint: contract-signed
    when: [{ column: stage, is: Won }]
    at: { column: closed, format: yyyy-MM-dd }
    fields: { price: { column: value, currency: CNY } }
  - name: lost
    touchpoint: journey-lost
    when: [{ column: stage, is: Lost }]
    at: { column: closed, format: yyyy-MM-dd }
    fields: { kind: { value: unknown } }
`;

const COLUMNS = ['id', 'office', 'account', 'agent', 'sector', 'engaged', 'stage', 'closed', 'value'];

/** A source of cases that are won and lost in turn, several to an account. */
export const sourceOf = (cases: number): string[][] =>
  Array.from({ length: cases }, (_, index) => {
    const day = String((index % 27) + 1).padStart(2, '0');
    const id = `B${String(index).padStart(3, '0')}`;
    const place = index % 2 === 0 ? ['east', `Acme ${index % 7}`, 'ann'] : ['west', `Acme ${index % 7}`, 'bob'];
    return [id, ...place, 'retail', `2024-01-${day}`, index % 3 === 0 ? 'Lost' : 'Won', `2024-02-${day}`, String(100 + index)];
  });

export const csvOf = (rows: readonly (readonly string[])[]): string => [COLUMNS, ...rows].map((row) => `${row.join(',')}\n`).join('');
