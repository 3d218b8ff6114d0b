import { WORD_LISTS } from '@touchline/core';
import type { Role, WordList } from '@touchline/core';
import { userIdOf } from '@touchline/commands/user-id.js';
import { hashPassword } from '@touchline/auth/passwords.js';
import type { CommandMetadata, Input } from '@touchline/commands';
import { execute } from '@touchline/commands';
import { commandIdOf } from '@touchline/http';
import type { Platform } from '@touchline/platform';

// A small world for tests of the API: one group with a showroom and a housing project, and another that must see nothing.

export const PASSWORD = 'open sesame, please';

interface GroupOfTest {
  units: Readonly<{ [id: string]: string }>;
  sites: Readonly<{ [id: string]: { name: string; unit: string; playbook: string; productLines: string[] } }>;
  words?: { [list in WordList]?: readonly string[] };
  users: Readonly<{ [login: string]: { name: string; roles: Role[]; sites: 'all' | string[] } }>;
}

export const GROUPS: Readonly<{ dongfang: GroupOfTest; huadong: GroupOfTest; platform: GroupOfTest }> = {
  dongfang: {
    units: { 'shanghai-east': '上海东区', hangzhou: '杭州公司' },
    sites: {
      pudong: { name: '浦东展厅', unit: 'shanghai-east', playbook: 'auto-ssp9', productLines: ['kaixuan', 'yuanxing'] },
      yunqili: { name: '云栖里案场', unit: 'hangzhou', playbook: 'real-estate-6plus2', productLines: ['apartments'] },
    },
    words: {
      media: ['wechat-ad', 'radio', 'friend', 'newspaper'],
      campaign: ['五一车展'],
      product: ['凯旋 1.5T', '凯旋 2.0T', '远行 EV', 'red', 'blue', 'A-101'],
      material: ['brochure'],
      risk: ['substation, 80 m north'],
      building: ['3'],
      label: ['East', 'West', 'Ma'],
    },
    users: {
      admin: { name: '系统管理员', roles: ['admin'], sites: 'all' },
      li: { name: '李娜', roles: ['consultant'], sites: ['pudong'] },
      chen: { name: '陈涛', roles: ['consultant'], sites: ['pudong'] },
      zhou: { name: '周敏', roles: ['manager'], sites: ['pudong'] },
      he: { name: '何静', roles: ['service-manager'], sites: ['pudong'] },
      fin: { name: '财务', roles: ['service'], sites: ['pudong'] },
      sun: { name: '孙悦', roles: ['consultant'], sites: ['yunqili'] },
      gao: { name: '高远', roles: ['consultant'], sites: ['pudong', 'yunqili'] },
      qian: { name: '钱程', roles: ['service-manager'], sites: ['yunqili'] },
      audit: { name: '吴越', roles: ['analyst'], sites: 'all' },
    },
  },
  huadong: {
    units: { north: '北区' },
    sites: { beijing: { name: '北京展厅', unit: 'north', playbook: 'auto-ssp9', productLines: ['kaixuan'] } },
    users: {
      admin: { name: '另一管理员', roles: ['admin'], sites: 'all' },
      wang: { name: '王强', roles: ['consultant', 'manager'], sites: 'all' },
    },
  },
  // No group: those who run the platform for all of them.
  platform: { units: {}, sites: {}, users: { ops: { name: '值班 方圆', roles: ['operator'], sites: 'all' } } },
};

export type Tenant = keyof typeof GROUPS;

/** Records units, sites and users of both groups, and gives every user the same password. */
export async function seedGroups({ services, pool }: Platform): Promise<void> {
  for (const [tenant, { units, sites, words = {}, users }] of Object.entries(GROUPS)) {
    const run = async (reference: string, command: string, input: Input): Promise<void> => {
      const outcome = await execute(services, command, input, commandMetadataOf(tenant, reference));
      if (outcome.kind === 'refused') throw new Error(`${reference}: ${outcome.refusals.map(({ code }) => code).join(', ')}`);
    };
    for (const [unitId, name] of Object.entries(units)) await run(`unit ${unitId}`, 'unit-registered', { unitId, name });
    for (const [siteId, { name, unit: unitId, playbook: id, productLines }] of Object.entries(sites))
      await run(`site ${siteId}`, 'site-opened', {
        ...{ siteId, name, unitId, zone: 'Asia/Shanghai' },
        ...{ playbook: { id, version: 1 }, productLines },
      });
    for (const list of WORD_LISTS) for (const word of words[list] ?? []) await run(`word ${list} ${word}`, 'word-added', { list, word });
    for (const [login, { name: displayName, roles, sites: at }] of Object.entries(users))
      await run(`user ${login}`, 'user-registered', { login, displayName, roles, sites: at });
  }
  // Worked out once for all of them: a secret is meant to be slow to make.
  const people = Object.entries(GROUPS).flatMap(([tenant, { users }]) => Object.keys(users).map((login) => ({ tenant, login })));
  await pool.query(
    `insert into touchline.local_credentials (tenant, user_id, secret)
     select tenant, user_id, $3 from unnest($1::text[], $2::uuid[]) as people (tenant, user_id) on conflict do nothing`,
    [people.map(({ tenant }) => tenant), people.map(({ tenant, login }) => userIdOf(tenant, login)), await hashPassword(PASSWORD)],
  );
}

function commandMetadataOf(tenant: string, name: string): CommandMetadata {
  const commandId = commandIdOf(tenant, 'test-group', name);
  return {
    tenant,
    sites: 'all',
    actor: { kind: 'system', id: 'test-group' },
    commandId,
    requestHash: name,
    correlationId: commandId,
    causationId: commandId,
  };
}
