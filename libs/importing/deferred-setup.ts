import type { CaseOutcome } from './case-outcome.js';
import { nothing } from './case-outcome.js';
import type { CaseRecorder } from './case-recorder.js';
import type { ImportServices } from './commands.js';
import type { Case } from './facts.js';
import type { Prepared } from './prepare.js';
import { rehearsal } from './rehearsal.js';

/**
 * Sets up what the mapping's directory names only once a case is there of which something is recorded, or was before: a
 * source without one leaves nothing behind. Until then cases are rehearsed, and come to what the rehearsal says.
 */
export class DeferredSetup implements Pick<CaseRecorder, 'lookUp'> {
  created: string[] = [];
  private recorder: CaseRecorder | undefined;
  private rehearsed: Promise<CaseRecorder> | undefined;

  constructor(
    private readonly recorderOf: (target: ImportServices) => CaseRecorder,
    private readonly prepare: (target: ImportServices) => Promise<Prepared>,
    private readonly target: ImportServices,
  ) {}

  lookUp(each: Case): () => Promise<() => Promise<CaseOutcome>> {
    return this.recorder?.lookUp(each) ?? (() => this.begin(each));
  }

  private async begin(each: Case): Promise<() => Promise<CaseOutcome>> {
    if (this.recorder !== undefined) return this.recorder.lookUp(each)();
    if (each.journey === null || each.facts.length === 0) return () => Promise.resolve(nothing());
    this.rehearsed ??= this.rehearse();
    const outcome = await (await (await this.rehearsed).lookUp(each)())();
    if (outcome.facts.refused === each.facts.length) return () => Promise.resolve(outcome);
    this.created = (await this.prepare(this.target)).created;
    this.recorder = this.recorderOf(this.target);
    return this.recorder.lookUp(each)();
  }

  /** @throws MappingFaults where the directory cannot be set up */
  private async rehearse(): Promise<CaseRecorder> {
    const target = rehearsal(this.target);
    await this.prepare(target);
    return this.recorderOf(target);
  }
}
