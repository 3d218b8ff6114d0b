import { describe, expect, it } from '@jest/globals';
import { GROUP_ROLES, PLATFORM, ROLES, rolesThatCount } from './caller.js';

describe('which roles count', () => {
  it('of a user of a group: those of the group, whatever the stream says', () => {
    expect(rolesThatCount('dongfang', ROLES)).toEqual(GROUP_ROLES);
  });

  it('of a user of the platform: operator, and nothing of a group', () => {
    expect(rolesThatCount(PLATFORM, ROLES)).toEqual(['operator']);
  });
});
