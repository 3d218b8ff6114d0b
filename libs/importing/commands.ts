import type { CommandServices, Issuer } from '@touchline/commands/services.js';
import type { Json } from '@touchline/core';
import { canonicalJson, nameUuid } from '@touchline/event-store';
import { commandIdOf } from '@touchline/http/command-id.js';
import type { IdentityServices } from '@touchline/identity';
import { digest } from '@touchline/sealing';
import type { Mapping } from './mapping/mapping.js';
import type { MayPass } from './patience.js';

const IMPORTED = '4f6d1c0e-6d5b-5e0a-8f0e-2b6a9c3d7e11';

/** What an import records with. `services` and `identity` share one log. */
export interface ImportServices {
  services: CommandServices;
  identity: IdentityServices;
  mayPass: MayPass;
  /** Decide everything, write nothing. */
  dryRun?: true;
}

/** Makes the commands of one import: every id derives from the source's own references, so a second run repeats (D2). */
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

  /** The command of what `reference` names; `body` is what it says, so that other content under it is refused. */
  issue(reference: string, body: Json): Issuer {
    const known = this.hide(reference);
    const commandId = commandIdOf(this.tenant, this.caller, known);
    return {
      tenant: this.tenant,
      sites: 'all',
      // Members in canonical order are serialised soonest.
      actor: { id: this.mapping.source, kind: 'import' },
      commandId,
      requestHash: digest(this.secret, 'import', canonicalJson(body)),
      correlationId: this.runId,
      causationId: commandId,
      source: { reference: known, system: this.mapping.source },
      history: true,
    };
  }

  /** Id of the journey or complaint that a case of the source is. */
  idOf(what: 'journey' | 'complaint', caseKey: string): string {
    return nameUuid([this.tenant, this.mapping.source, what, this.hide(caseKey)].join('|'), IMPORTED);
  }

  /** No id derives from personal data except through a keyed digest (D12). */
  private hide(reference: string): string {
    return this.hidden ? digest(this.secret, 'import-reference', this.tenant, this.mapping.source, reference) : reference;
  }
}
