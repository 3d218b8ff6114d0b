import type { CommandServices, CommandMetadata } from '@touchline/commands/services.js';
import type { EventMetadata, Json } from '@touchline/core';
import { canonicalJson, nameUuid } from '@touchline/event-store';
import { commandIdOf } from '@touchline/http/command-id.js';
import type { IdentityServices } from '@touchline/identity';
import { digest } from '@touchline/sealing';
import type { Mapping } from './mapping/mapping.js';
import type { IsTransient } from './retry-transient.js';

const IMPORTED = '4f6d1c0e-6d5b-5e0a-8f0e-2b6a9c3d7e11';

/** What an import records with. `services` and `identity` share one log. */
export interface ImportServices {
  services: CommandServices;
  identity: IdentityServices;
  mayPass: IsTransient;
  /** Decide everything, write nothing. */
  dryRun?: true;
}

export interface Named {
  shown: string;
  commandId: string;
}

/** Makes the commands of one import: every id derives from the source's own references, so a second run repeats (ADR 0003). */
export class ImportCommands {
  readonly tenant: string;
  private readonly caller: string;

  /** `runId` ties together what one run recorded; `hidden` where the references are made of personal data. */
  constructor(
    private readonly mapping: Mapping,
    private readonly secret: string,
    private readonly runId: string,
    private readonly hidden: boolean,
  ) {
    this.tenant = mapping.tenant;
    this.caller = `import:${mapping.source}`;
  }

  /** Of what something says: the same words, the same digest, in every run. */
  contentOf(body: Json): string {
    // Members in canonical order are serialised soonest.
    return digest(this.secret, 'import', canonicalJson(body));
  }

  /** True of what this very source stated. */
  isOurs({ actor, source }: Pick<EventMetadata, 'actor' | 'source'>): boolean {
    return actor.kind === 'import' && source?.system === this.mapping.source;
  }

  /** What a reference is known by in the log, and the id of the command that it names. */
  named(reference: string): Named {
    const shown = this.hide(reference);
    return { shown, commandId: commandIdOf(this.tenant, this.caller, shown) };
  }

  /** The name a fact was given, off the reference an event shows; null where it shows none. */
  factNameOf(caseKey: string, shown: string): string | null {
    return !this.hidden && shown.startsWith(`${caseKey}/`) ? (shown.slice(caseKey.length + 1).split('/')[0] ?? null) : null;
  }

  /** The command of what a reference names; `content` is of what it says, so that other content under it is refused. */
  issue(reference: string | Named, content: string): CommandMetadata {
    const { shown, commandId } = typeof reference === 'string' ? this.named(reference) : reference;
    return {
      tenant: this.tenant,
      sites: 'all',
      // What a source says was taken up again was, whoever did it.
      roles: ['manager'],
      actor: { id: this.mapping.source, kind: 'import' },
      commandId,
      requestHash: content,
      correlationId: this.runId,
      causationId: commandId,
      source: { reference: shown, system: this.mapping.source },
      history: true,
    };
  }

  /** Id of the journey or complaint that a case of the source is. */
  idOf(what: 'journey' | 'complaint', caseKey: string): string {
    return nameUuid([this.tenant, this.mapping.source, what, this.hide(caseKey)].join('|'), IMPORTED);
  }

  /** No id derives from personal data except through a keyed digest (ADR 0008). */
  private hide(reference: string): string {
    return this.hidden ? digest(this.secret, 'import-reference', this.tenant, this.mapping.source, reference) : reference;
  }
}
