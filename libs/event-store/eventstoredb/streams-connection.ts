import { EventStoreDBClient } from '@eventstore/db-client';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { MalformedConnectionString } from '@touchline/config/event-store-address.js';

/**
 * The client's connection without its commands. Its commands parse and rewrite JSON, so that data and metadata would
 * not come back as they were appended; its appends share one endless call and one map (ADR 0029). What is kept: connection
 * string, discovery, credentials, following the leader, a new channel after a loss.
 * It has no state of its own, for the client's factory builds the base class.
 */
export class StreamsConnection extends EventStoreDBClient {
  /** @throws MalformedConnectionString in place of the client's errors, some of which quote the string with its password */
  static override connectionString(text: string): StreamsConnection {
    try {
      return Object.setPrototypeOf(EventStoreDBClient.connectionString(text), StreamsConnection.prototype) as StreamsConnection;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      // A file of certificates that is not there, an option that wants another beside it.
      const why = 'connectionString' in error ? '' : `: ${error.message.replace(/\.$/, '')}`;
      throw new MalformedConnectionString(`the client cannot use it${why}`);
    }
  }

  /** Where it fails for want of a connection or a leader, the client replaces the channel for the calls to come. */
  run<T>(action: (client: StreamsClient) => Promise<T>): Promise<T> {
    return this.execute(StreamsClient, 'streams', action);
  }

  /** Metadata and options of a call; it goes to the leader, since a follower may lag behind what was just appended. */
  argumentsFor(deadline: Date | number) {
    return this.callArguments({ requiresLeader: true }, { deadline });
  }
}

export type CallArguments = ReturnType<StreamsConnection['argumentsFor']>;
