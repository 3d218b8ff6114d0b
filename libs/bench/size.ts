/** How much is measured. */
export interface Size {
  /** Events of the prepared log, and customers they tell of; the small log is for what must not grow with it. */
  events: number;
  customers: number;
  small: number;
  rounds: number;
  /** Length of one side of a round, where it is time that is set. */
  seconds: number;
  /** Rows of an import. */
  rows: number;
  /** Events that the topics have yet to tell. */
  backlog: number;
  /** Events of each customer that is asked about another moment. */
  longHistory: number;
}

/** Customers with a long history in the prepared log. */
export const LONG_HISTORIES = 10;

/** What the goals are stated for. */
export const FULL: Size = {
  events: 1_000_000,
  customers: 50_000,
  small: 100_000,
  rounds: 3,
  seconds: 5,
  rows: 1_000_000,
  backlog: 200_000,
  longHistory: 2_000,
};

/** Shows that every benchmark runs; its figures say nothing. */
export const QUICK: Size = {
  events: 6_000,
  customers: 250,
  small: 3_000,
  rounds: 1,
  seconds: 0.5,
  rows: 1_500,
  backlog: 2_000,
  longHistory: 100,
};
