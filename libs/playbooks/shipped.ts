import { readFileSync } from 'node:fs';
import type { KnownTypes } from './check-playbook.js';
import { parsePlaybook } from './check-playbook.js';
import type { Playbook } from './playbook.js';

/** THE list of the playbooks that ship, one line a version. A version that was released is never edited or taken out. */
export const shippedFiles = [
  { id: 'auto-ssp9', version: 1, file: 'auto-ssp9.v1.yaml' },
  { id: 'auto-ssp9', version: 2, file: 'auto-ssp9.v2.yaml' },
  { id: 'real-estate-6plus2', version: 1, file: 'real-estate-6plus2.v1.yaml' },
  { id: 'real-estate-6plus2', version: 2, file: 'real-estate-6plus2.v2.yaml' },
] as const;

/** A playbook of that id belongs to the product; a group's own must have another. */
export const isShipped = (id: string): boolean => shippedFiles.some((shipped) => shipped.id === id);

/**
 * Reads and checks the playbooks that ship; called once, at the start.
 * @throws Error naming every fault of every file
 */
export function shippedPlaybooks(known: KnownTypes): Playbook[] {
  const faults: string[] = [];
  const playbooks: Playbook[] = [];
  for (const { id, version, file } of shippedFiles) {
    const checked = parsePlaybook(readFileSync(new URL(`shipped/${file}`, import.meta.url), 'utf8'), known);
    if ('faults' in checked) faults.push(...checked.faults.map((fault) => `${file}${fault.path}: ${fault.rule}: ${fault.detail}`));
    else if (checked.playbook.id !== id || checked.playbook.version !== version) faults.push(`${file}: is not ${id} version ${version}`);
    else playbooks.push(checked.playbook);
  }
  if (faults.length > 0) throw new Error(['the playbooks that ship are not valid:', ...faults].join('\n  '));
  return playbooks;
}
