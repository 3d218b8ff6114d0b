// breaks: verifier-stands-alone
export { readLog } from '@touchline/event-store';
