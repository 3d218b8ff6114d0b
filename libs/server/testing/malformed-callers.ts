import type { Malformed } from './malformed.js';

/** Callers that no route takes, or not this one; whose token each sends, see `tokensOf`. */
export const WRONG_CALLERS: readonly Malformed[] = [
  {
    how: 'there is no token',
    status: 401,
    code: 'token.missing',
    of: ({ signedIn }) => (signedIn ? [{ headers: { authorization: null } }] : []),
  },
  {
    how: 'the Authorization header holds no token',
    status: 401,
    code: 'token.invalid',
    of: ({ signedIn }) =>
      signedIn
        ? ['Bearer', 'Basic bGk6cGFzcw==', 'Bearer a b', 'Bearer garbage'].map((authorization) => ({ headers: { authorization } }))
        : [],
  },
  { how: 'the token has expired', status: 401, code: 'token.expired', of: ({ signedIn }) => (signedIn ? [{ token: 'expired' }] : []) },
  {
    how: 'the token was signed, or altered, by somebody else',
    status: 401,
    code: 'token.invalid',
    of: ({ signedIn }) => (signedIn ? ['foreign', 'unsigned', 'altered'].map((token) => ({ what: token, token })) : []),
  },
  {
    how: 'the user of the token is not there, or not any more',
    status: 401,
    code: 'user.inactive',
    of: ({ signedIn }) => (signedIn ? ['deactivated', 'unknown', 'of another group'].map((token) => ({ what: token, token })) : []),
  },
  {
    how: 'the caller has no role that may',
    status: 403,
    code: 'role.not-allowed',
    of: ({ signedIn }) => (signedIn ? [{ token: 'without roles' }] : []),
  },
  {
    how: 'the caller works at a site, and the route is for the group',
    status: 403,
    code: 'scope.group-only',
    of: ({ problems }) => (problems.has('403 scope.group-only') ? [{ token: 'of one site' }] : []),
  },
];
