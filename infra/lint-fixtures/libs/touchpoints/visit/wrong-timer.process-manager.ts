// breaks: domain-imports
export { setTimeout } from 'node:timers/promises';
