/**
 * A place in the total order of one log. Opaque to everyone but its driver; what all may rely on (ADR 0001):
 * fixed-width text whose byte order is the order of the log, so it compares the same here and in SQL (collate "C").
 */
export type Position = string & { readonly __position: unique symbol };

export const asPosition = (text: string): Position => text as Position;

/** True where a reader standing at `reached` has seen everything up to and including `wanted`. */
export const hasReached = (reached: Position | null, wanted: Position): boolean => reached !== null && reached >= wanted;
