import { AsyncLocalStorage } from 'node:async_hooks';

const signals = new AsyncLocalStorage<AbortSignal>();

/** Ends when nobody waits for the answer to the request in hand any more; undefined outside of one. */
export const requestSignal = (): AbortSignal | undefined => signals.getStore();

export const underSignal = (signal: AbortSignal, work: () => void): void => signals.run(signal, work);
