import type { Position } from '@touchline/core';
import type { SequenceAllocator, SequenceRequest } from './sequence-allocator.js';

interface Told {
  key: string;
  subject: string;
}

/**
 * Numbers as the relay gave them, worked out anew from the beginning of the log instead of looked up: they are a function of
 * it. So what they are held against may not stem from the database either.
 */
export class ReplayedSequences implements SequenceAllocator {
  private readonly last = new Map<string, number>();
  private readonly people = new Map<string, Map<string, Told>>();
  private readonly erased = new Map<string, Position>();

  allocate(messages: readonly SequenceRequest[]): Promise<(number | null)[]> {
    return Promise.resolve(messages.map((message) => this.next(message)));
  }

  erase(topic: string, person: string, position: Position): Promise<Told[]> {
    const named = `${topic} ${person}`;
    if (!this.erased.has(named)) this.erased.set(named, position);
    return Promise.resolve([...(this.people.get(named)?.values() ?? [])].sort((a, b) => (a.key < b.key ? -1 : 1)));
  }

  private next({ topic, key, subject, person, position }: SequenceRequest): number | null {
    if (person !== null) {
      const named = `${topic} ${person}`;
      const since = this.erased.get(named);
      if (since !== undefined && position > since) return null;
      const keys = this.people.get(named) ?? new Map<string, Told>();
      this.people.set(named, keys);
      if (!keys.has(key)) keys.set(key, { key, subject });
    }
    const counted = `${topic} ${subject}`;
    const number = (this.last.get(counted) ?? 0) + 1;
    this.last.set(counted, number);
    return number;
  }
}
