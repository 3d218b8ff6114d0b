/** What identifies a fact: its case, its kind, what it says, and the how-maniest of those that say the same. */
export interface FactIdentity {
  /** Keyed digest of kind and content. */
  content: string;
  /** The mapping's name for the fact, and what it goes by within the case where the mapping says so: then it stands once. */
  name: string;
  reference?: string;
  /** Every record is a fact of its own: one that says something new is never a change of another. */
  each: boolean;
  kind: string;
  occurredAt: string;
}

/** A fact as the log has it. `name` is null where references show nothing (ADR 0008). */
export interface KnownFact {
  commandId: string;
  content: string;
  name: string | null;
  kind: string;
  occurredAt: string;
}

/** What a fact of the source is beside those of the log: nth counts those of one content, from 1. */
export type Told<K extends KnownFact> =
  | { is: 'new'; nth: number }
  | { is: 'known' | 'changed'; as: K }
  /** Said twice in this source under one reference, in the same words or in others. */
  | { is: 'said-twice' | 'ambiguous' };

/**
 * Pure: which facts of one case the log has, which it has otherwise, and which are new. Names given by earlier versions do not
 * matter, since what is compared is what was said; so a record that is put in above changes nothing. A fact that is missing
 * in the log and one that is missing in the source are one that was changed, unless the mapping says that each counts.
 */
export function tellApart<K extends KnownFact>(
  facts: readonly FactIdentity[],
  known: readonly K[],
  commandIdOf: (name: string, reference: string) => string,
): Told<K>[] {
  const free = new Set(known);
  const told = new Map<FactIdentity, Told<K>>();
  const named = new Map<string, FactIdentity>();
  const byId = new Map(known.map((each) => [each.commandId, each]));
  for (const fact of facts) {
    if (fact.reference === undefined) continue;
    const id = commandIdOf(fact.name, fact.reference);
    const before = named.get(id);
    const recorded = byId.get(id);
    named.set(id, before ?? fact);
    if (recorded !== undefined) free.delete(recorded);
    if (before !== undefined) told.set(fact, { is: before.content === fact.content ? 'said-twice' : 'ambiguous' });
    else if (recorded !== undefined) told.set(fact, { is: recorded.content === fact.content ? 'known' : 'changed', as: recorded });
    else told.set(fact, { is: 'new', nth: 1 });
  }
  const byContent = new Queues(free, ({ content }) => content);
  const counts = new Map<string, number>();
  const missing: { fact: FactIdentity; nth: number }[] = [];
  for (const fact of facts) {
    if (fact.reference !== undefined) continue;
    const nth = (counts.get(fact.content) ?? 0) + 1;
    counts.set(fact.content, nth);
    const same = byContent.take(fact.content);
    if (same === undefined) missing.push({ fact, nth });
    else {
      free.delete(same);
      told.set(fact, { is: 'known', as: same });
    }
  }
  for (const { fact, nth } of missing) told.set(fact, { is: 'new', nth });
  noteChanges(
    missing.flatMap(({ fact }) => (fact.each ? [] : [fact])),
    free,
    told,
  );
  return facts.map((fact) => told.get(fact) ?? { is: 'new', nth: 1 });
}

/** Holds each fact that the log lacks against one that the source lacks, those of one time before all. */
function noteChanges<K extends KnownFact>(missing: readonly FactIdentity[], free: Set<K>, told: Map<FactIdentity, Told<K>>): void {
  if (missing.length === 0 || free.size === 0) return;
  const named = [...free].every(({ name }) => name !== null);
  const kindOf = ({ kind, name }: FactIdentity | KnownFact): string => JSON.stringify([kind, named && name]);
  for (const keyOf of [(each: FactIdentity | KnownFact) => kindOf(each) + each.occurredAt, kindOf]) {
    const queues = new Queues(free, keyOf);
    for (const fact of missing) {
      if (told.get(fact)?.is === 'changed') continue;
      const before = queues.take(keyOf(fact));
      if (before === undefined) continue;
      free.delete(before);
      told.set(fact, { is: 'changed', as: before });
    }
  }
}

/** What has one key, in turn. */
class Queues<T> {
  private readonly queues = new Map<string, T[]>();

  constructor(items: Iterable<T>, keyOf: (item: T) => string) {
    for (const item of items) {
      const key = keyOf(item);
      const queue = this.queues.get(key);
      if (queue === undefined) this.queues.set(key, [item]);
      else queue.push(item);
    }
    for (const queue of this.queues.values()) queue.reverse();
  }

  take(key: string): T | undefined {
    return this.queues.get(key)?.pop();
  }
}
