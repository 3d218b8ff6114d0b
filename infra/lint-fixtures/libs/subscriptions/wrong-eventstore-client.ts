// breaks: eventstore-client-at-home
export { START } from '@eventstore/db-client';
