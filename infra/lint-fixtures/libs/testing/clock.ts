export const fixedClock = (now: string) => ({ now: () => now });
