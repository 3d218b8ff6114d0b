import { describe, expect, it } from '@jest/globals';
import { MalformedConnectionString, readEventStoreAddress } from './event-store-address.js';

describe('the address of an EventStoreDB log', () => {
  it.each([
    ['esdb://log:2113?tls=false', 'esdb://log:2113?tls=false', 'log:2113'],
    ['esdb://log', 'esdb://log', 'log'],
    ['  esdb://log:2113/?tls=false ', 'esdb://log:2113?tls=false', 'log:2113'],
    ['esdb://a:2113,b:2113,c:2113?tls=false', 'esdb://a:2113,b:2113,c:2113?tls=false', 'a:2113,b:2113,c:2113'],
    ['esdb+discover://cluster.example:2113', 'esdb+discover://cluster.example:2113', 'cluster.example:2113'],
    ['esdb+discover://a,b,c?tls=false', 'esdb://a,b,c?tls=false', 'a,b,c'],
    ['kurrentdb://u:p%40x@log:2113?tlsCAFile=/etc/ca.pem', 'esdb://u:p%40x@log:2113?tlsCAFile=/etc/ca.pem', 'log:2113'],
    ['kurrentdb+discover://cluster', 'esdb+discover://cluster', 'cluster'],
    ['kurrentdb+discover://a,b', 'esdb://a,b', 'a,b'],
    ['esdb://10.0.0.7:2113,b:2114?keepAliveInterval=-1&node_preference=leader', null, '10.0.0.7:2113,b:2114'],
  ])('is read: %s', (given, connectionString, server) => {
    expect(readEventStoreAddress(given)).toMatchObject({ connectionString: connectionString ?? given, server });
  });

  it('says whom it signs in as, and whether anybody is authenticated', () => {
    expect(readEventStoreAddress('esdb://u:p%2Fx@log')).toMatchObject({ user: { username: 'u', password: 'p/x' }, tls: true });
    expect(readEventStoreAddress('esdb://log?TLS=False')).toMatchObject({ user: null, tls: false });
  });

  it.each([
    ['http://u:opensesame@log', 'it is no address'],
    ['esdb:/log', 'it is no address'],
    ['esdb://', 'it is no address'],
    ['kdb+x://log', 'it is no address'],
    ['esdb://u:opensesame@a,,b', 'one of its hosts'],
    ['esdb://a:2113,b:99999', 'one of its hosts'],
    ['esdb://a:0', 'its host is no host'],
    ['esdb://a b', 'its host is no host'],
    ['esdb://opensesame@log', 'a user goes with a password'],
    ['esdb://u:open:sesame@log', 'a user goes with a password'],
    ['esdb://[::1]:2113', 'no IPv6 address'],
    ['esdb://a,[::1]:2113', 'no IPv6 address'],
    ['esdb://u:opensesame%zz@log', 'a user goes with a password'],
    ['esdb://u:opensesame%ff@log', 'a user goes with a password'],
    ['esdb://log?connectionName=opensesame%', 'a "%" in its options'],
    ['esdb://log?verify=opensesame', 'an option "verify"'],
    ['esdb://log?tls=maybe', 'its option "tls"'],
    ['esdb://log?keepAliveInterval=soon', 'its option "keepAliveInterval"'],
    ['esdb://log?tlsVerifyCert=false', 'the client cannot switch'],
  ])('is refused in one line that repeats no secret: %s', (given, words) => {
    const refusal = (): unknown => readEventStoreAddress(given);
    expect(refusal).toThrow(MalformedConnectionString);
    expect(refusal).toThrow(words);
    expect(refusal).not.toThrow(/opensesame|\n/);
  });
});
