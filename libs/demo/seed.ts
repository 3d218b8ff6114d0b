import { PLATFORM } from '@touchline/core';
import type { LocalCredentials } from '@touchline/auth';
import { userIdOf } from '@touchline/commands/user-id.js';
import type { CommandServices } from '@touchline/commands';
import type { Input } from '@touchline/commands/execute.js';
import { execute } from '@touchline/commands/execute.js';
import { OPERATOR, SITES, TENANT, USERS, WORDS } from './cast.js';
import { demoMetadata } from './metadata.js';
import { stories } from './stories.js';
import { tell } from './tell.js';

const STORIES_AT_ONCE = 8;

/** Records the demonstration: a dealership and a housing project, their people, and some hundred and twenty customers. */
export async function seedDemo(services: CommandServices, credentials: LocalCredentials, password: string): Promise<void> {
  await seedGroup(services);
  await Promise.all(USERS.map(({ login }) => credentials.setPassword(TENANT, userIdOf(TENANT, login), password)));
  const start = Date.parse(await services.deps.clock.now());
  const told = stories();
  for (let first = 0; first < told.length; first += STORIES_AT_ONCE)
    await Promise.all(told.slice(first, first + STORIES_AT_ONCE).map((story) => tell(services, story, midnight(start))));
}

/** Registers the operator of the demonstration, at every start: a platform of an earlier release has none. */
export async function seedOperator(services: CommandServices, credentials: LocalCredentials, password: string): Promise<void> {
  const { login, name } = OPERATOR;
  const userId = userIdOf(PLATFORM, login);
  const operator = { login, displayName: name, roles: ['operator'], sites: 'all' };
  const outcome = await execute(services, 'user-registered', operator, demoMetadata(`operator ${login}`, PLATFORM));
  // Whoever registered this login otherwise keeps it, and whoever changed its password.
  if (outcome.kind === 'recorded' && !(await credentials.has(PLATFORM, userId))) await credentials.setPassword(PLATFORM, userId, password);
}

/** Stories are dated in whole days before the first start. */
const midnight = (instant: number): number => instant - (instant % 86_400_000);

async function seedGroup(services: CommandServices): Promise<void> {
  const run = async (reference: string, command: string, input: Input): Promise<void> => {
    const outcome = await execute(services, command, input, demoMetadata(reference));
    if (outcome.kind === 'refused')
      throw new Error(`the demonstration was refused: ${outcome.refusals.map(({ code }) => code).join(', ')}`);
  };
  for (const { id, name, unit, playbook, productLines } of SITES) {
    await run(`unit ${unit.id}`, 'unit-registered', { unitId: unit.id, name: unit.name });
    await run(`site ${id}`, 'site-opened', {
      ...{ siteId: id, name, unitId: unit.id, zone: 'Asia/Shanghai' },
      ...{ playbook: { id: playbook, version: 1 }, productLines: Object.keys(productLines) },
    });
  }
  for (const word of WORDS) await run(`word ${word.list} ${word.word}`, 'word-added', { ...word });
  for (const { login, name, roles, sites } of USERS)
    await run(`user ${login}`, 'user-registered', { login, displayName: name, roles, sites });
}
