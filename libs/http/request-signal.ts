import { AsyncLocalStorage } from 'node:async_hooks';

/** Whoever waits for an answer, until they do not any more. Most requests never ask for the signal, and it is not cheap. */
export class Waiting {
  private controller: AbortController | undefined;
  private left = false;

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.left) this.controller.abort();
    }
    return this.controller.signal;
  }

  /** Nobody waits: what is still done for the answer alone ends. */
  leave(): void {
    this.left = true;
    this.controller?.abort();
  }
}

const requests = new AsyncLocalStorage<Waiting>();

/** Ends when nobody waits for the answer to the request in hand any more; undefined outside of one. */
export const requestSignal = (): AbortSignal | undefined => requests.getStore()?.signal;

export const whileWaiting = (waiting: Waiting, work: () => void): void => requests.run(waiting, work);
