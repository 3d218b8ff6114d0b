import { EventStoreDBClient } from '@eventstore/db-client';

export const connect = (url: string): EventStoreDBClient => EventStoreDBClient.connectionString(url);
