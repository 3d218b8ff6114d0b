import type { PlaybookRef } from '@touchline/core';
import type { Playbook, Playbooks } from './playbook.js';
import { UnknownPlaybook } from './playbook.js';

/** Every version of a playbook that a group has published, first to last. */
export type ReadPublished = (tenant: string, id: string) => Promise<readonly Playbook[]>;

/** Shipped playbooks and a group's own. A version never changes, so each is read once and held for ever. */
export class PlaybookSource implements Playbooks {
  private readonly shipped: ReadonlyMap<string, Playbook>;
  private readonly published = new Map<string, Playbook>();

  constructor(
    shipped: readonly Playbook[],
    private readonly readPublished: ReadPublished,
  ) {
    this.shipped = new Map(shipped.map((playbook) => [keyOf(playbook), playbook]));
  }

  async get(tenant: string, ref: PlaybookRef): Promise<Playbook> {
    const playbook = await this.find(tenant, ref);
    if (playbook === undefined) throw new UnknownPlaybook(ref);
    return playbook;
  }

  async find(tenant: string, ref: PlaybookRef): Promise<Playbook | undefined> {
    const held = this.shipped.get(keyOf(ref)) ?? this.published.get(`${tenant} ${keyOf(ref)}`);
    if (held !== undefined) return held;
    // What is not there may be published any moment, so only what is there is held.
    for (const playbook of await this.readPublished(tenant, ref.id)) {
      const key = `${tenant} ${keyOf(playbook)}`;
      if (!this.published.has(key)) this.published.set(key, playbook);
    }
    return this.published.get(`${tenant} ${keyOf(ref)}`);
  }
}

const keyOf = (ref: PlaybookRef): string => `${ref.id} ${ref.version}`;
