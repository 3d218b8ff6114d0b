import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Input } from '@touchline/commands/execute.js';
import { execute } from '@touchline/commands/execute.js';
import { userIdOf } from '@touchline/commands/user-id.js';
import type { JsonObject, PlaybookRef, Role, StreamCategory } from '@touchline/core';
import { streamName } from '@touchline/core';
import { canonicalJson } from '@touchline/event-store';
import type { Playbook } from '@touchline/playbooks';
import { parsePlaybook } from '@touchline/playbooks';
import type { ImportCommands, ImportServices } from './commands.js';
import { MappingFaults } from './faults.js';
import type { Mapping } from './mapping/mapping.js';
import type { Plan } from './plan.js';
import { BUILT_INS } from './touchpoint-fields.js';
import { Columns } from './values/columns.js';
import { valueReader } from './values/read-value.js';

/**
 * The playbook a mapping names: its own file beside it, or one that ships or was published.
 * @throws MappingFaults with every fault of the file
 */
export async function playbookOf(mapping: Mapping, mapPath: string, { services }: ImportServices): Promise<Playbook> {
  if (!('file' in mapping.playbook)) {
    const { id, version } = mapping.playbook;
    const found = await services.playbooks.find(mapping.tenant, { id, version });
    if (found === undefined) throw new MappingFaults(mapPath, [`playbook: there is no playbook ${id} version ${version}`]);
    return found;
  }
  const path = resolve(dirname(mapPath), mapping.playbook.file);
  return readPlaybook(path, await readFile(path, 'utf8'));
}

/** @throws MappingFaults with every fault of the file */
export function readPlaybook(path: string, text: string): Playbook {
  const checked = parsePlaybook(text, new Set<string>(BUILT_INS));
  if ('faults' in checked)
    throw new MappingFaults(
      path,
      checked.faults.map((fault) => `${fault.path}: ${fault.detail}`),
    );
  return checked.playbook;
}

export interface Prepared {
  /** What was made, such as `site central`. */
  created: string[];
}

/** Creates what the mapping's directory names and the group lacks, and publishes its playbook; what is there stays as it is. */
export async function prepare(plan: Plan, mapPath: string, target: ImportServices, commands: ImportCommands): Promise<Prepared> {
  const made = new Maker(target, commands, mapPath);
  const { mapping, playbook } = plan;
  if ('file' in mapping.playbook) await publish(playbook, made, target, mapping.tenant, mapPath);
  const { units = [], sites = [] } = mapping.directory ?? {};
  for (const { id, name } of units) await made.unless('unit', id, 'unit-registered', { unitId: id, name });
  for (const { id, name, unit, zone, productLines } of sites) {
    const site = { siteId: id, name, unitId: unit, zone, productLines, playbook: refOf(playbook) };
    await made.unless('site', id, 'site-opened', site);
  }
  for (const { login, name, roles, sites: at } of usersOf(plan, mapPath)) {
    const user = { login, displayName: name, roles, sites: at };
    await made.unless('user', userIdOf(mapping.tenant, login), 'user-registered', user, login);
  }
  return { created: made.created };
}

const refOf = ({ id, version }: Playbook): PlaybookRef & JsonObject => ({ id, version });

async function publish(playbook: Playbook, made: Maker, { services }: ImportServices, tenant: string, mapPath: string): Promise<void> {
  const there = await services.playbooks.find(tenant, refOf(playbook));
  if (there === undefined) {
    const published = { playbookId: playbook.id, definition: playbook as unknown as JsonObject };
    await made.send('playbook-published', published, `playbook ${playbook.id} version ${playbook.version}`);
  } else if (canonicalJson(there) !== canonicalJson(playbook))
    throw new MappingFaults(mapPath, [
      `playbook: version ${playbook.version} of ${playbook.id} is published and says something else; give yours the next version`,
    ]);
}

interface NewUser {
  login: string;
  name: string;
  roles: Role[];
  sites: 'all' | string[];
}

/** Users the mapping names, and those it makes of the records of a joined file. */
function usersOf({ mapping, joins }: Plan, mapPath: string): NewUser[] {
  const { users = [], usersFrom = [] } = mapping.directory ?? {};
  const made = usersFrom.flatMap((from): NewUser[] => {
    const joined = joins.find(({ name }) => name === from.join);
    if (joined === undefined) return [];
    const scope = { missing: new Set(mapping.missing ?? []), columns: joined.columns };
    const reader = (value: typeof from.login) => valueReader({ ...value, required: true }, scope);
    const [login, name, ...sites] = [from.login, from.name, ...(from.sites === 'all' ? [] : from.sites)].map(reader);
    return [...joined.all()].map((row) => {
      const text = (read = login): string => {
        const value = read?.(row);
        if (value?.fault !== undefined)
          throw new MappingFaults(mapPath, [`directory.usersFrom, line ${row.line}: ${value.fault.column} ${value.fault.reason}`]);
        return value?.value?.trim() ?? '';
      };
      return { login: text(), name: text(name), roles: from.roles, sites: from.sites === 'all' ? 'all' : sites.map((site) => text(site)) };
    });
  });
  return [...users, ...made];
}

/** Notes the columns that users are made of, before the joined files are loaded. */
export function noteUserColumns(mapping: Mapping, joins: Plan['joins']): void {
  for (const from of mapping.directory?.usersFrom ?? []) {
    const columns = joins.find(({ name }) => name === from.join)?.columns ?? new Columns();
    for (const value of [from.login, from.name, ...(from.sites === 'all' ? [] : from.sites)])
      valueReader(value, { missing: new Set(), columns });
  }
}

/** Sends the commands of the directory; a refusal is a fault of the mapping. */
class Maker {
  readonly created: string[] = [];

  constructor(
    private readonly target: ImportServices,
    private readonly commands: ImportCommands,
    private readonly mapPath: string,
  ) {}

  async unless(category: StreamCategory, id: string, name: string, input: Input, what = id): Promise<void> {
    const events = await this.target.services.deps.streams.events(streamName(category, this.commands.tenant, id));
    if (events.length === 0) await this.send(name, input, `${category} ${what}`);
  }

  async send(name: string, input: Input, what: string): Promise<void> {
    const metadata = this.commands.issue(`@${what}`, this.commands.contentOf(input));
    const outcome = await execute(this.target.services, name, input, metadata);
    if (outcome.kind === 'refused')
      throw new MappingFaults(
        this.mapPath,
        outcome.refusals.map(({ code, detail }) => `${what}: ${detail} (${code})`),
      );
    if (!outcome.repeated) this.created.push(what);
  }
}
