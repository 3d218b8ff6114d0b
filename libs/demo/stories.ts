import type { DemoSite } from './cast.js';
import { MEDIA, demoPerson } from './cast.js';

/** One thing that happened, `day` days and `minute` minutes into its story. */
export type Step = { day: number; minute: number } & (
  | { act: 'call' | 'visit' }
  | { act: 'declared'; kind: string; fields: Record<string, string | number | boolean> }
  | { act: 'quote' | 'revise'; price: number }
  | { act: 'sign'; price: number }
  | { act: 'schedule' | 'hand-over' }
  | { act: 'lose'; kind: 'bought-elsewhere' | 'gave-up'; why: string }
  | { act: 'complain'; category: 'delivery' | 'leakage'; account: string }
  | { act: 'settle' }
);

export interface Story {
  person: { name: string; phone: string };
  site: DemoSite;
  productLine: string;
  product: string;
  consultant: string;
  media: string;
  /** How many days before the first start it began. */
  daysAgo: number;
  steps: Step[];
}

/** The same numbers every time (mulberry32), so that every demonstration shows the same people. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** `count` customers of a site, at every stage from a first call to the year after. */
export function stories(site: DemoSite, count: number, firstPerson: number): Story[] {
  const next = chance(firstPerson + 1);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  return Array.from({ length: count }, (_, index) => {
    const productLine = pick(Object.keys(site.productLines));
    const { product, price } = pick(site.productLines[productLine] ?? []);
    return {
      person: demoPerson(firstPerson + index),
      site,
      productLine,
      product,
      consultant: pick(site.consultants),
      media: pick(MEDIA),
      daysAgo: 60 + Math.floor(next() * 140),
      steps: course(site, product, price, next),
    };
  });
}

function course(site: DemoSite, product: string, price: number, next: () => number): Step[] {
  const steps: Step[] = [];
  let day = 0;
  const minute = (): number => 60 + Math.floor(next() * 480);
  const later = (days: number): number => (day += 1 + Math.floor(next() * days));
  const goesOn = (share: number): boolean => next() < share;
  const lose = (): Step[] =>
    goesOn(0.6) ? [...steps, { day: later(10), minute: minute(), act: 'lose', ...(goesOn(0.5) ? BOUGHT_ELSEWHERE : GAVE_UP) }] : steps;

  if (goesOn(0.7)) steps.push({ day, minute: minute(), act: 'call' });
  if (steps.length > 0 && !goesOn(0.8)) return lose();
  steps.push({ day: later(3), minute: minute(), act: 'visit' });
  steps.push({ day, minute: 560, act: 'declared', kind: 'needs-recorded', fields: {} });
  if (!goesOn(0.85)) return lose();
  steps.push({ day, minute: 575, act: 'declared', kind: 'product-presented', fields: { product } });
  if (!goesOn(0.75)) return lose();
  steps.push({ day: later(6), minute: minute(), act: 'quote', price });
  const agreed = goesOn(0.4) ? Math.round(price * 0.985) : price;
  if (agreed < price) steps.push({ day: later(4), minute: minute(), act: 'revise', price: agreed });
  if (!goesOn(0.6)) return lose();
  steps.push({ day: later(5), minute: minute(), act: 'sign', price: agreed });
  if (!goesOn(0.7)) return steps;
  steps.push({ day: later(8), minute: minute(), act: 'schedule' });
  steps.push({ day: (day += 10), minute: minute(), act: 'hand-over' });
  if (!goesOn(0.35)) return steps;
  steps.push({ day: later(15), minute: minute(), act: 'complain', ...(site.playbook === 'auto-ssp9' ? CAR_COMPLAINT : HOME_COMPLAINT) });
  if (goesOn(0.6)) steps.push({ day: later(4), minute: minute(), act: 'settle' });
  return steps;
}

const BOUGHT_ELSEWHERE = { kind: 'bought-elsewhere', why: '价格' } as const;
const GAVE_UP = { kind: 'gave-up', why: '暂不考虑' } as const;
const CAR_COMPLAINT = { category: 'delivery', account: '约定的脚垫交车时没有给,打了两次电话没有人回。' } as const;
const HOME_COMPLAINT = { category: 'leakage', account: '厨房顶棚渗水,昨夜滴到灶台上。' } as const;
