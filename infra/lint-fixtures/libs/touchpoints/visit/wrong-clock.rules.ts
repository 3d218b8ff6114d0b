// breaks: no-restricted-properties
export const isDue = (at: number): boolean => at <= Date.now();
