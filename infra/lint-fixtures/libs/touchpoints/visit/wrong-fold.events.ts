// breaks: events-hold-events
export { kindOf } from './visit.fold.js';
