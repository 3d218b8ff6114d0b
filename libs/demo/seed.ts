import { PLATFORM, streamName } from '@touchline/core';
import type { LocalCredentials } from '@touchline/auth';
import { userIdOf } from '@touchline/auth';
import type { CommandServices } from '@touchline/commands';
import { Record } from '@touchline/commands';
import { siteDecider } from '@touchline/touchpoints/site/site.decider.js';
import { unitDecider } from '@touchline/touchpoints/unit/unit.decider.js';
import { userDecider } from '@touchline/touchpoints/user/user.decider.js';
import { wordsDecider } from '@touchline/touchpoints/words/words.decider.js';
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
  const outcome = await Record.onStream(demoMetadata(`operator ${login}`, PLATFORM), {
    stream: streamName('user', PLATFORM, userId),
    decider: userDecider,
    command: { kind: 'register', user: { login, displayName: name }, grant: { roles: ['operator'], sites: 'all' } },
    context: () => Promise.resolve({ unknownSites: [], isLastAdministrator: false }),
  }).run(services);
  // Whoever registered this login otherwise keeps it, and whoever changed its password.
  if (outcome.kind === 'recorded' && !(await credentials.has(PLATFORM, userId))) await credentials.setPassword(PLATFORM, userId, password);
}

/** Stories are dated in whole days before the first start. */
const midnight = (instant: number): number => instant - (instant % 86_400_000);

async function seedGroup(services: CommandServices): Promise<void> {
  const run = async (record: Record): Promise<void> => {
    const outcome = await record.run(services);
    if (outcome.kind === 'refused')
      throw new Error(`the demonstration was refused: ${outcome.refusals.map(({ code }) => code).join(', ')}`);
  };
  for (const { id, name, unit, playbook, productLines } of SITES) {
    await run(
      Record.onStream(demoMetadata(`unit ${unit.id}`), {
        stream: streamName('unit', TENANT, unit.id),
        decider: unitDecider,
        command: { kind: 'register', name: unit.name },
      }),
    );
    await run(
      Record.onStream(demoMetadata(`site ${id}`), {
        stream: streamName('site', TENANT, id),
        decider: siteDecider,
        command: {
          kind: 'open',
          siteId: id,
          site: {
            name,
            unitId: unit.id,
            zone: 'Asia/Shanghai',
            playbook: { id: playbook, version: 1 },
            productLines: Object.keys(productLines),
          },
        },
        context: () => Promise.resolve({ unitKnown: true, playbookKnown: true }),
      }),
    );
  }
  for (const { list, ...word } of WORDS)
    await run(
      Record.onStream(demoMetadata(`word ${list} ${word.word}`), {
        stream: streamName('words', TENANT, list),
        decider: wordsDecider,
        command: { kind: 'add', word: { list, ...word } },
      }),
    );
  for (const { login, name, roles, sites } of USERS)
    await run(
      Record.onStream(demoMetadata(`user ${login}`), {
        stream: streamName('user', TENANT, userIdOf(TENANT, login)),
        decider: userDecider,
        command: { kind: 'register', user: { login, displayName: name }, grant: { roles, sites } },
        context: () => Promise.resolve({ unknownSites: [], isLastAdministrator: false }),
      }),
    );
}
