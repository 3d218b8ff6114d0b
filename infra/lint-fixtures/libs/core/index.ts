export interface Event {
  type: string;
  occurredAt: string;
}

export const isLater = (a: Event, b: Event): boolean => a.occurredAt > b.occurredAt;
