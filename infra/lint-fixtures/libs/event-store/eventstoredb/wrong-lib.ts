// breaks: driver-eventstoredb
export { countRows } from '@touchline/postgres';
