/** What exists at a path of the host: `closed` where this user has no access. */
export type PathKind = 'folder' | 'file' | 'absent' | 'closed';

/** What exists at paths of the host. */
export type HostPaths = ReadonlyMap<string, PathKind>;
