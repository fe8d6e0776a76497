import * as z from 'zod/mini';

/** `GET` and `POST /auth/session`: who is signed in. */
export const sessionSchema = z.object({ user: z.string() });
