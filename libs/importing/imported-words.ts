import { execute } from '@touchline/commands/execute.js';
import type { JsonObject, WordPlace } from '@touchline/core';
import { oneLine, placesOf, reworded, textAt, wordKey } from '@touchline/core';
import type { Playbook } from '@touchline/playbooks';
import { declaredTouchpoint, wordPlaces } from '@touchline/playbooks';
import type { JourneyOpening } from '@touchline/touchpoints/journey/contact.rules.js';
import type { ImportCommands, ImportServices } from './commands.js';
import type { Fact } from './facts.js';
import { builtIn } from './touchpoint-fields.js';

/** Words of the group that a source names. Those the group lacks are added where the mapping says so; else their facts are refused. */
export class ImportedWords {
  constructor(
    private readonly target: ImportServices,
    private readonly commands: ImportCommands,
    readonly adds: boolean,
    private readonly playbook: Playbook,
  ) {}

  /** Before a case is recorded: what it names is there from then on. `opening` is null where its journey is there already. */
  async addOf(opening: JourneyOpening | null, facts: readonly Fact[]): Promise<void> {
    if (!this.adds) return;
    if (opening !== null) await this.addAll(opening, this.placesOf('journey-opened', opening));
    for (const { touchpoint, fields } of facts) await this.addAll(fields, this.placesOf(touchpoint, fields));
  }

  /** The opening as it will be recorded, so that it can be held against what was. */
  async opening(opening: JourneyOpening): Promise<JourneyOpening> {
    return reworded(opening, this.placesOf('journey-opened', opening), (place, typed) => this.known(place, typed));
  }

  private placesOf(type: string, data: JsonObject): WordPlace[] {
    const declared = builtIn(type) !== undefined ? undefined : declaredTouchpoint(this.playbook, type);
    if (declared !== undefined) return wordPlaces(declared.fields, data);
    return placesOf(this.target.services.deps.registry.get(type).words, data);
  }

  /** One after the other: some may be the same. */
  private async addAll(data: JsonObject, places: readonly WordPlace[]): Promise<void> {
    for (const place of places) await this.add(place, textAt(data, place));
  }

  private async known({ list }: WordPlace, typed: string): Promise<string> {
    const found = await this.target.services.deps.words.find(this.commands.tenant, list, typed, { withdrawn: true });
    return 'word' in found ? found.word : typed;
  }

  /** Added by another case at the same time it is there all the same. */
  private async add({ list }: WordPlace, typed: string): Promise<void> {
    const { services } = this.target;
    const found = await services.deps.words.find(this.commands.tenant, list, typed, { withdrawn: true });
    if ('word' in found) return;
    const word = { list, word: oneLine(typed) };
    const metadata = this.commands.issue(`@word ${list} ${wordKey(typed)}`, this.commands.contentOf(word));
    await execute(services, 'word-added', word, metadata);
  }
}
