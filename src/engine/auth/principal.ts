export const ROLES = ['admin', 'reviewer', 'author', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** Somebody who has shown a token, and what it allows. */
export interface Principal {
  /** The user (claim `sub`). */
  readonly sub: string;
  readonly roles: ReadonlySet<Role>;
  /** Ids of the user's projects; `*` for all. */
  readonly projects: ReadonlySet<string> | '*';
  /** Names the token, for its revocation (claim `jti`). */
  readonly tokenId: string | undefined;
  /** Wall-clock milliseconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export function isAdmin({ roles }: Principal): boolean {
  return roles.has('admin');
}

/** Whether somebody may see a project; an admin sees all. */
export function isMember(principal: Principal, project: string): boolean {
  return isAdmin(principal) || principal.projects === '*' || principal.projects.has(project);
}
