import type { JsonObject, WordList } from '@touchline/core';
import { oneLine, streamName, wordKey } from '@touchline/core';
import { handleCommand } from '@touchline/event-store';
import type { JourneyOpening } from '@touchline/touchpoints/journey/contact.events.js';
import { wordsDecider } from '@touchline/touchpoints/words/words.decider.js';
import type { ImportCommands, ImportServices } from './commands.js';
import type { Fact, SourceJourney } from './facts.js';
import { isBuiltIn } from './touchpoint-fields.js';

/** Words of the group that a source names. Those the group lacks are added where the mapping says so; else their facts are refused. */
export class ImportedWords {
  constructor(
    private readonly target: ImportServices,
    private readonly commands: ImportCommands,
    readonly adds: boolean,
  ) {}

  /** Before a case is recorded: what it names is there from then on. */
  async addOf({ media, product }: SourceJourney, facts: readonly Fact[]): Promise<void> {
    if (!this.adds) return;
    const opening = { ...(media !== undefined && { media }), ...(product !== undefined && { product }) };
    await this.inWords('journey-opened', opening, (each) => this.add(each));
    for (const { touchpoint, fields } of facts) if (isBuiltIn(touchpoint)) await this.inWords(touchpoint, fields, (each) => this.add(each));
  }

  /** The opening as it will be recorded, so that it can be held against what was. */
  async opening(opening: JourneyOpening): Promise<JourneyOpening> {
    return { ...opening, ...(await this.inWords('journey-opened', opening, (each) => this.known(each))) };
  }

  private async inWords(type: string, data: JsonObject, word: (named: Named) => Promise<string>): Promise<Record<string, string>> {
    const settled: Record<string, string> = {};
    for (const [field, list] of Object.entries(this.target.services.deps.registry.get(type).words ?? {}))
      for (const typed of [data[field] ?? []].flat()) settled[field] = await word({ list, typed: typed as string });
    return settled;
  }

  private async known({ list, typed }: Named): Promise<string> {
    const found = await this.target.services.deps.words.find(this.commands.tenant, list, typed, { withdrawn: true });
    return 'word' in found ? found.word : typed;
  }

  /** Added by another case at the same time it is there all the same. */
  private async add(named: Named): Promise<string> {
    const { deps } = this.target.services;
    const { list, typed } = named;
    const found = await deps.words.find(this.commands.tenant, list, typed, { withdrawn: true });
    if ('word' in found) return found.word;
    const word = { list, word: oneLine(typed) };
    await handleCommand(deps, {
      stream: streamName('words', this.commands.tenant, list),
      decider: wordsDecider,
      command: { kind: 'add', word },
      request: this.commands.issue(`@word ${list} ${wordKey(typed)}`, this.commands.contentOf(word)),
    });
    return this.known(named);
  }
}

interface Named {
  list: WordList;
  typed: string;
}
