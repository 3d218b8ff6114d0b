import { LRUCache } from 'lru-cache';
import type { RecordedEvent, StreamCategory, WordList } from '@touchline/core';
import { folded, nearSpellings, streamName, wordKey } from '@touchline/core';
import type { EventRegistry, EventStore, GroupWords } from '@touchline/event-store';
import { StreamRepository } from '@touchline/event-store';
import type { ReadPublished } from '@touchline/playbooks';
import { publishedFold } from '@touchline/touchpoints/playbook/playbook.fold.js';
import type { Site } from '@touchline/touchpoints/site/site.fold.js';
import { evolveSite } from '@touchline/touchpoints/site/site.fold.js';
import type { Account } from '@touchline/touchpoints/user/user.fold.js';
import { evolveAccount } from '@touchline/touchpoints/user/user.fold.js';
import type { Word, Words } from '@touchline/touchpoints/words/words.fold.js';
import { bySpelling, evolveWords, spellingsOf } from '@touchline/touchpoints/words/words.fold.js';

export interface DirectoryDeps {
  store: EventStore;
  registry: EventRegistry;
  /** How long an answer may be old, ms; default 5,000. A role taken away counts within that time in every process. */
  ttlMs?: number;
  /** Monotonic milliseconds. */
  ticks?: () => number;
  /** Tells every process that a stream has changed, as far as it can; else each finds out once its answer is too old. Never fails. */
  tell?: (stream: string) => Promise<unknown>;
}

/** On which processes tell each other; the payload is the name of a stream. */
export const DIRECTORY_CHANNEL = 'touchline_directory';

const TTL_MS = 5_000;
const SIZE = 10_000;

/** A stream folded up to an event. */
interface Folded<T> {
  state: T | null;
  /** The revision that comes next. */
  next: number;
}

interface Held<T> {
  since: number;
  entry: Promise<Folded<T>>;
  state: Promise<T | null>;
}

/** Folds one stream an entry, holds what it found for a short while, and then reads on from there. */
abstract class Directory<T> {
  private readonly held = new LRUCache<string, Held<T>>({ max: SIZE });
  private readonly ttlMs: number;
  private readonly ticks: () => number;

  constructor(
    private readonly deps: DirectoryDeps,
    private readonly category: StreamCategory,
    private readonly evolve: (entry: T | null, event: RecordedEvent) => T | null,
  ) {
    this.ttlMs = deps.ttlMs ?? TTL_MS;
    this.ticks = deps.ticks ?? (() => performance.now());
  }

  protected get(tenant: string, id: string): Promise<T | null> {
    return this.asked(tenant, id).state;
  }

  protected folded(tenant: string, id: string): Promise<Folded<T>> {
    return this.asked(tenant, id).entry;
  }

  private asked(tenant: string, id: string): Held<T> {
    const stream = streamName(this.category, tenant, id);
    const known = this.held.get(stream);
    if (known !== undefined && this.ticks() - known.since < this.ttlMs) return known;
    // Age counts from before the read; whoever asks meanwhile shares it.
    const entry = this.readOn(stream, known?.entry);
    const state = entry.then((folded) => folded.state);
    const held = { since: this.ticks(), entry, state };
    this.held.set(stream, held);
    this.holdOnlyWhatExists(stream, entry);
    return held;
  }

  /** Call after writing the stream. The others may miss it: what they hold is too old in seconds anyhow. */
  async changed(tenant: string, id: string): Promise<void> {
    const stream = streamName(this.category, tenant, id);
    this.heard(stream);
    await this.deps.tell?.(stream);
  }

  /** A stream was written by some process; null where that may have been any. */
  heard(stream: string | null): void {
    const written = stream === null ? this.held.values() : [this.held.get(stream)];
    for (const entry of written) if (entry !== undefined) entry.since = -Infinity;
  }

  /** As the log says now. */
  protected fresh(tenant: string, id: string): Promise<T | null> {
    this.heard(streamName(this.category, tenant, id));
    return this.get(tenant, id);
  }

  private async readOn(stream: string, before: Promise<Folded<T>> | undefined): Promise<Folded<T>> {
    // Whoever asked for the one before was told that it failed; here it is read from the beginning.
    let { state, next } = (await before?.catch(() => undefined)) ?? { state: null, next: 0 };
    for await (const stored of this.deps.store.readStream(stream, { from: next })) {
      state = this.evolve(state, this.deps.registry.decode(stored));
      next = stored.revision + 1;
    }
    return { state, next };
  }

  /** What failed is not held, and neither is what does not exist: it may exist any moment. */
  private holdOnlyWhatExists(stream: string, entry: Promise<Folded<T>>): void {
    const forget = (): void => {
      if (this.held.get(stream)?.entry === entry) this.held.delete(stream);
    };
    entry.then(({ state }) => {
      if (state === null) forget();
    }, forget);
  }
}

export class SiteDirectory extends Directory<Site> {
  constructor(deps: DirectoryDeps) {
    super(deps, 'site', evolveSite);
  }
  /** Null where the group has no such site; a closed one is still found. */
  site(tenant: string, siteId: string): Promise<Site | null> {
    return this.get(tenant, siteId);
  }
}

export class UserDirectory extends Directory<Account> {
  constructor(deps: DirectoryDeps) {
    super(deps, 'user', evolveAccount);
  }
  /** Null where the group has no such user; somebody deactivated is still found. */
  user(tenant: string, userId: string): Promise<Account | null> {
    return this.get(tenant, userId);
  }

  /** The same, as the log says now. */
  userNow(tenant: string, userId: string): Promise<Account | null> {
    return this.fresh(tenant, userId);
  }
}

/** The words of each group, by list. */
export class WordDirectory extends Directory<Words> implements GroupWords {
  private readonly indexes = new WeakMap<Words, Map<string, Word>>();

  constructor(deps: DirectoryDeps) {
    super(deps, 'words', evolveWords);
  }

  /** In the order they were added, those no longer offered among them. */
  async words(tenant: string, list: WordList): Promise<Word[]> {
    return [...((await this.get(tenant, list)) ?? new Map<string, Word>()).values()];
  }

  /** The same with the revision of the list; null where it has none yet. */
  async wordsRead(tenant: string, list: WordList): Promise<{ words: Word[]; revision: number | null }> {
    const { state, next } = await this.folded(tenant, list);
    return { words: [...(state ?? new Map<string, Word>()).values()], revision: next === 0 ? null : next - 1 };
  }

  /** The word that a spelling stands for, withdrawn or not; undefined where there is none. */
  async spelled(tenant: string, list: WordList, typed: string): Promise<Word | undefined> {
    const words = await this.get(tenant, list);
    return words === null ? undefined : this.index(words).get(wordKey(typed));
  }

  async find(tenant: string, list: WordList, typed: string, options: { withdrawn: boolean }): ReturnType<GroupWords['find']> {
    const fits = (word: Word | undefined): word is Word => word !== undefined && (options.withdrawn || !word.withdrawn);
    const held = await this.spelled(tenant, list, typed);
    if (fits(held)) return { word: held.word };
    // It may have been added a moment ago, by another process.
    await this.fresh(tenant, list);
    const now = await this.spelled(tenant, list, typed);
    if (fits(now)) return { word: now.word };
    const offered = (await this.words(tenant, list)).filter(({ withdrawn }) => !withdrawn);
    return { near: nearSpellings(typed, offered.flatMap(spellingsOf)) };
  }

  private index(words: Words): Map<string, Word> {
    const index = this.indexes.get(words) ?? bySpelling(words);
    this.indexes.set(words, index);
    return index;
  }
}

/** What a group has published of one playbook, straight from the log; the source of playbooks holds it for ever. */
export const publishedPlaybooks =
  (deps: DirectoryDeps): ReadPublished =>
  async (tenant, id) =>
    folded(publishedFold, await new StreamRepository(deps.store, deps.registry).events(streamName('playbook', tenant, id)));
